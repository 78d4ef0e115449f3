/* Part of Writer in record.pml: the record r is taken from its dead owner, where it has one; then the write goes on. */

takeover: /* The record r was seen with the odd counter c, before the first slot is looked at. */
    do
    :: atomic {
        s < SLOTS ->
#if RECORDS > 1
        index = memory[INDEX(s)]
      };
      atomic {
#else
        index = memory[INDEX(s)];
#endif
        if
        :: index == r && SAME(memory[NAMES(s)], c) && (s != slot || claiming)
        :: else -> s++; goto next
        fi;
        index = 0
      };
      atomic {
#ifndef NO_LOCK
        DRAINED;
        if
        :: s == slot -> taken = taken | (1 << s)
        :: s != slot && lock[s] == 0 ->
#ifndef NO_REREAD
          /* A dead writer's slot does not change any more: only now is it sure what it names. */
          if
          :: NAMED(s) -> lock[s] = me + 1; taken = taken | (1 << s)
          :: else
          fi
#else
          lock[s] = me + 1;
          taken = taken | (1 << s)
#endif
        :: else ->
          contested = true
        fi;
#else
        taken = taken | (1 << s);
#endif
        s++
      };
next:
      index = 0
    :: else -> break
    od;
    atomic {
      s = 0;
      if
      :: taken == 0 -> blocked = true; goto release
#ifndef NO_STILL
      :: taken != 0 && OWN_COUNTER != c -> goto release
#endif
#ifndef IGNORE_OTHERS
      /* A living writer that names it has merely lost the race, if a dead one's image says who won. */
      :: taken != 0 && OWN_COUNTER == c && contested && !IMAGE_TAKEN -> blocked = true; goto release
#endif
      :: else
      fi
    };
#ifdef CLEAR_FIRST
    do
    :: STEP_OVER(taken & (1 << s))
    :: s < SLOTS && (taken & (1 << s)) -> STORE(plain, NAMES(s), 0); s++
    :: s == SLOTS -> s = 0; break
    od;
#endif
#ifdef COUNTER_FIRST
    LEAVE(take, c + 1);
#endif
    do
    :: STEP_OVER((taken & (1 << s)) && memory[HAS_IMAGE(s)])
    :: s < SLOTS && (taken & (1 << s)) && memory[HAS_IMAGE(s)] ->
      STORE(restore, FIELD_A(r), memory[IMAGE_A(s)]);
      STORE(restore, FIELD_B(r), memory[IMAGE_B(s)]);
      s++
    :: s == SLOTS -> s = 0; break
    od;
#ifndef COUNTER_FIRST
    LEAVE(take, c + 1);
#endif
#ifndef CLEAR_FIRST
    do
    :: STEP_OVER(taken & (1 << s))
    :: s < SLOTS && (taken & (1 << s)) -> STORE(plain, NAMES(s), 0); s++
    :: s == SLOTS -> s = 0; break
    od;
#endif

release:
    do
    :: STEP_OVER((taken & (1 << s)) && (s != slot || blocked))
    :: atomic {
        s < SLOTS && (taken & (1 << s)) && (s != slot || blocked) && DRAINED ->
#ifndef NO_LOCK
        lock[s] = 0;
#endif
        s++
      }
    :: atomic { s == SLOTS -> s = 0; break }
    od;
    atomic {
      taken = 0; contested = false;
      if
      :: claiming && blocked ->
        if /* where it had not come to its own slot yet */
        :: lock[slot] == me + 1 -> lock[slot] = 0
        :: else
        fi;
        claiming = false; blocked = false; slot = 0; r = 0; c = 0;
        goto claim
      :: claiming && !blocked -> goto claimed
      :: !claiming && blocked -> blocked = false
      :: else -> goto write
      fi
    };
    (memory[COUNTER(r)] != c || TAKEABLE);
    goto write;
