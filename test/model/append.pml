/*
 * Appending by many writers: the mutex word in the journal's header, and its takeover from a killed holder. Spin visits
 * every interleaving of every load, store and system call below.
 *
 * Sizes, by -D, are those of record.pml; APPENDS is what each writer makes. An append is of a record whose two fields have
 * the same new value, or of an empty record. -DTSO gives each writer a store buffer of that many entries, as there.
 * Growing the file is left out: it happens under the mutex, only ever makes the file longer, and does nothing to one that
 * is long enough, so that a dead holder's growth is either there or done again.
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
#ifndef APPENDS
#define APPENDS 2
#endif
#ifndef READERS
#define READERS 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#define ALL (WRITERS + NEWCOMERS)
#define PLACES (ALL * APPENDS)
#define NOBODY 255

#define COUNT 0
#define MUTEX 1 /* 0, or one more than the slot of its holder */
#define COUNTER(i) (2 + 3 * (i))
#define FIELD_A(i) (3 + 3 * (i))
#define FIELD_B(i) (4 + 3 * (i))
byte memory[2 + 3 * PLACES]
byte lock[SLOTS] /* of a slot's byte: 0, or one more than the writer that holds it */
bool alive[ALL]
byte crashes

/* For the assertions: who is inside, what it appends, and what was appended. */
byte holder = NOBODY
byte given
byte content[PLACES]
bool seen[PLACES + 1]

/* A store as it reaches memory. Each assertion is one of the properties. */
inline perform(WHO, ADR, VAL) {
  assert(holder == WHO); /* only the holder stores, and nobody takes the mutex from one that lives */
  if
  :: ADR == COUNT ->
    assert(VAL == memory[COUNT] + 1); /* the count goes up, one by one: no append is lost */
    assert(memory[COUNTER(memory[COUNT])] == 2); /* whole before it is counted */
    assert(memory[FIELD_A(memory[COUNT])] == given && memory[FIELD_B(memory[COUNT])] == given);
    assert(given == 0 || !seen[given]); /* nothing is there twice */
    seen[given] = true;
    content[memory[COUNT]] = given
  :: ADR == MUTEX -> holder = NOBODY
  :: else -> assert(ADR > COUNTER(memory[COUNT]) - 1) /* what is counted stays as it is */
  fi;
  memory[ADR] = VAL
}

#ifdef TSO
chan buffer[ALL] = [TSO] of { byte, byte }
#define STORE(address, value) buffer[me]!address, value
#define DRAINED empty(buffer[me])

proctype Drain(byte me) {
  byte address, value;
end:
  do
  :: atomic {
      buffer[me]?address, value;
      perform(me, address, value);
      address = 0; value = 0
    }
  od
}
#else
#define STORE(address, value) atomic { perform(me, address, value) }
#define DRAINED true
#endif

/* Taking the mutex, by a compare-and-swap: only when it is free, or its holder is dead. */
inline enter() {
  assert(holder == NOBODY || !alive[holder]);
  holder = me;
  given = value;
  memory[MUTEX] = slot + 1
}

proctype Writer(byte me) {
  byte slot, appended, value, index, held;
  bool entered;
  {
    if
    :: me < WRITERS -> slot = me; goto begin
    :: else
    fi;
end_claim:
    atomic {
      if
      :: lock[0] == 0 -> slot = 0
      :: lock[1] == 0 -> slot = 1
#if SLOTS > 2
      :: lock[2] == 0 -> slot = 2
#endif
      fi;
      lock[slot] = me + 1
    };
#ifndef CLAIM_BLIND
    /* Its dead owner may have held the mutex; with the byte locked, nobody else can take that. */
    if
    :: memory[MUTEX] == slot + 1 -> atomic { holder = me; memory[MUTEX] = 0; holder = NOBODY }
    :: else
    fi;
#endif
begin:
    atomic {
      value = 0; index = 0; held = 0; entered = false;
      if
      :: appended == APPENDS -> goto idle
      :: else -> appended++
      fi;
      if
      :: value = me * APPENDS + appended
      :: value = 0 /* an empty record */
      fi
    };
take:
#ifdef NO_CAS
    if
    :: memory[MUTEX] == 0 -> atomic { enter(); goto inside }
    :: else
    fi;
#endif
    atomic {
      DRAINED;
      held = memory[MUTEX];
      if
      :: held == 0 -> enter(); goto inside
      :: else
      fi
    };
    /* Waits until it is another's, or its holder dead. */
    atomic {
#ifdef STEAL
      true;
#else
      memory[MUTEX] != held || lock[held - 1] == 0;
      if
      :: memory[MUTEX] != held -> goto take
      :: else -> lock[held - 1] = me + 1
      fi
#endif
    };
#ifdef UNLOCK_FIRST
    lock[held - 1] = 0;
#endif
    atomic {
      if
      :: memory[MUTEX] == held -> enter(); entered = true
      :: else
      fi
    };
#if !defined(UNLOCK_FIRST) && !defined(STEAL)
    lock[held - 1] = 0;
#endif
    if
    :: entered -> entered = false
    :: else -> goto take
    fi;
inside:
    index = memory[COUNT];
    /* What a dead appender left of a record that it did not come to count. */
#ifndef NO_CLEAR
    if
    :: memory[COUNTER(index)] != 0 ->
#ifdef CLEAR_COUNTER_FIRST
      STORE(COUNTER(index), 0);
#endif
      STORE(FIELD_A(index), 0);
      STORE(FIELD_B(index), 0);
#ifndef CLEAR_COUNTER_FIRST
      STORE(COUNTER(index), 0)
#endif
    :: else
    fi;
#endif
#ifdef COUNT_FIRST
    STORE(COUNT, index + 1);
#endif
    STORE(COUNTER(index), 1);
    if
    :: value != 0 ->
      STORE(FIELD_A(index), value);
      STORE(FIELD_B(index), value)
    :: else
    fi;
    STORE(COUNTER(index), 2);
#ifdef FREE_FIRST
    STORE(MUTEX, 0);
#endif
    STORE(COUNT, index + 1);
#ifndef FREE_FIRST
    STORE(MUTEX, 0);
#endif
    /* The append has returned: the record is where it said, also for others once they see this writer's stores. */
    atomic { DRAINED; assert(memory[COUNT] > index && content[index] == value) };
    goto begin;

idle:
end_idle:
    false
  } unless {
    atomic { !alive[me] -> appended = 0; value = 0; index = 0; held = 0; slot = 0; entered = false };
    atomic {
      DRAINED;
      do
      :: slot < SLOTS && lock[slot] == me + 1 -> lock[slot] = 0; slot++
      :: slot < SLOTS && lock[slot] != me + 1 -> slot++
      :: else -> break
      od;
      slot = 0
    }
  }
}

#if READERS
active [READERS] proctype Reader() {
  byte count, a, b;
end:
  do
  :: atomic {
      memory[COUNT] > 0 ->
      assert(memory[COUNT] >= count);
      count = memory[COUNT]
    };
    a = memory[FIELD_A(count - 1)];
    b = memory[FIELD_B(count - 1)];
    atomic { assert(a == content[count - 1] && b == a); a = 0; b = 0 }
  od
}
#endif

#define START skip
#include "killer.pml"
