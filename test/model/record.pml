/*
 * Writing one record by many writers: the seqlock, the compare-and-swap that takes it, the journal's slots, and the
 * takeover of what a killed writer held. Spin visits every interleaving of every load, store and system call below.
 *
 * Sizes, by -D: SLOTS of the journal; WRITERS that have one from the start; NEWCOMERS that claim one later; WRITES each
 * of them makes; RECORDS; READERS; CRASHES, each at any point of any writer. A killed writer loses its locks, and keeps
 * the stores it made. A stopped one is a process that spin does not choose for a while: every trace has such.
 *
 * -DTSO gives every writer a store buffer of that many entries, as on x86-64: its stores reach memory later, in order.
 * A compare-and-swap and the system calls that lock and unlock wait until it is empty. Without it, stores are seen at
 * once; loads are in order in both, as they are on x86-64. -DPSO lets stores to different words overtake each other:
 * that is a mutant, to show what the protocol rests on. So are all other names in capitals that are asked for below.
 *
 * A record is two words, and a write stores the same new value to both, or, where `single`, only to the first, without
 * an image. Counters are whole numbers here, wide enough never to wrap; the mutants of their halves let them.
 */
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef NEWCOMERS
#define NEWCOMERS 0
#endif
#ifndef WRITES
#define WRITES 2
#endif
#ifndef RECORDS
#define RECORDS 1
#endif
#ifndef READERS
#define READERS 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef FIRST
#define FIRST 0 /* the counter before the first write; that of a second record is two more */
#endif

#include "memory.pml"

/* The low half of a counter has two bits where the mutants below need its wrap. */
#ifdef NO_HIGH
#define SAME(name, counter) ((name & 1) && (name & 3) == (counter & 3))
#else
#define SAME(name, counter) (name == counter)
#endif
#define WRAPS(counter) ((counter & 3) == 0)

/* Whether waiting may end, so that one who waits for ever shows as an invalid end state. */
#define NAMED(s) (memory[INDEX(s)] == r && SAME(memory[NAMES(s)], c))
#define HELD(s) (lock[s] != 0 && lock[s] != me + 1)
#define APART(s, t) (s == t || lock[s] == 0 || memory[INDEX(s)] != memory[INDEX(t)] || memory[NAMES(s)] != memory[NAMES(t)])
#define CURRENT(s) (memory[NAMES(s)] != 0 && memory[COUNTER(memory[INDEX(s)])] == memory[NAMES(s)])
#define PROVEN(s) (NAMED(s) && !HELD(s) && memory[HAS_IMAGE(s)])
#define WITH_IMAGE(s) ((taken & (1 << s)) && memory[HAS_IMAGE(s)])
#if SLOTS == 2
#define IMAGE_TAKEN (WITH_IMAGE(0) || WITH_IMAGE(1))
#define WINNER (PROVEN(0) || PROVEN(1))
#define TAKEABLE (WINNER || (NAMED(0) || NAMED(1)) && !(NAMED(0) && HELD(0)) && !(NAMED(1) && HELD(1)))
#define CLAIMABLE(s) (lock[s] == 0 && (!CURRENT(s) || memory[HAS_IMAGE(s)] || (APART(0, s) && APART(1, s))))
#else
#define IMAGE_TAKEN (WITH_IMAGE(0) || WITH_IMAGE(1) || WITH_IMAGE(2))
#define WINNER (PROVEN(0) || PROVEN(1) || PROVEN(2))
#define TAKEABLE (WINNER || (NAMED(0) || NAMED(1) || NAMED(2)) && !(NAMED(0) && HELD(0)) && !(NAMED(1) && HELD(1)) && !(NAMED(2) && HELD(2)))
#define CLAIMABLE(s) (lock[s] == 0 && (!CURRENT(s) || memory[HAS_IMAGE(s)] || (APART(0, s) && APART(1, s) && APART(2, s))))
#endif

/* A branch that passes over the slots for which something does not hold. */
#define STEP_OVER(holds) atomic { s < SLOTS && !(holds) -> do :: s < SLOTS && !(holds) -> s++ :: else -> break od }

#define MULTI 0
#define SINGLE 1
#define CANCEL 2

proctype Writer(byte me) {
  byte slot, written, r, c, s, value, index, taken;
  byte mode;
  bool claiming, contested, blocked, again;
  {
    if
    :: me < WRITERS -> slot = me; goto begin
    :: else
    fi;

claim: /* The first try takes any slot that can be locked, the next ones wait for one whose record is free to be taken. */
end_claim:
    atomic {
      if
      :: lock[0] == 0 && (!again || CLAIMABLE(0)) -> slot = 0
      :: lock[1] == 0 && (!again || CLAIMABLE(1)) -> slot = 1
#if SLOTS > 2
      :: lock[2] == 0 && (!again || CLAIMABLE(2)) -> slot = 2
#endif
      fi;
      lock[slot] = me + 1;
      again = true
    }
#ifndef CLAIM_BLIND
    c = memory[NAMES(slot)];
    r = memory[INDEX(slot)];
    if
    :: c != 0 && OWN_COUNTER == c -> claiming = true; goto takeover
    :: else
    fi;
#endif
claimed: /* It may name what its dead owner did not come to take: that counter is still to come. */
#if !defined(CLAIM_KEEPS) && !defined(CLAIM_BLIND)
    STORE(plain, NAMES(slot), 0)
#else
    skip
#endif
    ;

begin:
    atomic {
      again = false; claiming = false; r = 0; c = 0;
      if
      :: written == WRITES -> goto idle
      :: written < WRITES -> written++
#ifdef MAY_REST
      :: goto idle
#endif
      fi;
      value = me * WRITES + written;
      if
#ifndef NO_MULTI
      :: mode = MULTI
#endif
#ifndef NO_SINGLE
      :: mode = SINGLE
#endif
#ifndef NO_CANCEL
      :: mode = CANCEL
#endif
      fi
#if RECORDS > 1
      ;
      if
      :: r = 0
      :: r = 1
      fi
#endif
    };

#include "write.pml"
#include "takeover.pml"

idle:
#ifdef LEAVING
    /* Closes the store. Whoever is the last to do so says that no record is stuck, and removes the journal. */
    atomic {
      DRAINED;
      s = 0;
      do
      :: s < SLOTS && (lock[s] == 0 || lock[s] == me + 1) -> s++
      :: else -> break
      od;
      if
      :: s == SLOTS ->
        s = 0;
        do
#ifndef LEAVE_BLIND
        :: s < SLOTS && CURRENT(s) ->
          r = memory[INDEX(s)];
          c = memory[NAMES(s)];
          /* Of the slots that name it, the one with an image comes first. */
          if
          :: memory[HAS_IMAGE(s)] || !WINNER ->
            if
            :: memory[HAS_IMAGE(s)] ->
              perform(me, restore, r, FIELD_A(r), memory[IMAGE_A(s)]);
              perform(me, restore, r, FIELD_B(r), memory[IMAGE_B(s)])
            :: else
            fi;
            perform(me, take, r, COUNTER(r), c + 1);
            s = 0
          :: else -> s++
          fi
        :: s < SLOTS && !CURRENT(s) -> s++
#endif
        :: else -> break
        od;
        assert(!(memory[COUNTER(0)] & 1) && !(memory[COUNTER(RECORDS - 1)] & 1))
      :: else
      fi;
      lock[slot] = 0;
      s = 0; r = 0; c = 0
    };
#endif
end_idle:
    false
  } unless {
    atomic { !alive[me] -> written = 0; r = 0; c = 0; value = 0; index = 0; taken = 0; mode = 0; slot = 0; claiming = false; contested = false; blocked = false; again = false };
    d_step {
      DRAINED ->
      s = 0;
      do
      :: s < SLOTS && lock[s] == me + 1 -> lock[s] = 0; s++
      :: s < SLOTS && lock[s] != me + 1 -> s++
      :: else -> break
      od;
      s = 0
    }
  }
}

#if READERS
active [READERS] proctype Reader() {
  byte c, a, b;
end:
  do
  :: atomic { !(memory[COUNTER(0)] & 1) -> c = memory[COUNTER(0)] };
    a = memory[FIELD_A(0)];
    b = memory[FIELD_B(0)];
    d_step {
      if
#ifndef NO_RECHECK
      :: memory[COUNTER(0)] == c
#else
      :: true
#endif
        -> assert(a == was[0] && b == was[1])
      :: else
      fi;
      a = 0; b = 0; c = 0
    }
  od
}
#endif

#if RECORDS == 1
#define START memory[COUNTER(0)] = FIRST
#else
#define START memory[COUNTER(0)] = FIRST; memory[COUNTER(1)] = FIRST + 2
#endif
#include "killer.pml"
