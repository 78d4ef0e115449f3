/* Part of Writer in record.pml: one write of `value` to the record r, or one that is cancelled. */

write:
    atomic {
      c = OWN_COUNTER;
      if
      :: c & 1 -> goto takeover
      :: else
      fi
    };
#ifndef KEEP_FLAG
    /* It is 0 already, but for the slot of a writer that died, and after a write that was cut short. */
    if
    :: memory[HAS_IMAGE(slot)] -> STORE(plain, HAS_IMAGE(slot), 0)
    :: else
    fi;
#endif
#ifndef NAME_LATE
    STORE(plain, NAMES(slot), 0);
#if RECORDS > 1
    STORE(plain, INDEX(slot), r);
#endif
    STORE(plain, NAMES(slot), c + 1);
#endif
#ifdef IMAGE_FIRST
    STORE(plain, IMAGE_A(slot), memory[FIELD_A(r)]);
    STORE(plain, IMAGE_B(slot), memory[FIELD_B(r)]);
    STORE(plain, HAS_IMAGE(slot), 1);
#endif
    atomic {
#ifndef NO_CAS
      DRAINED;
      if
      :: memory[COUNTER(r)] != c -> goto lost
      :: else -> perform(me, acquire, r, COUNTER(r), c + 1)
      fi;
#else
      STORE(acquire, COUNTER(r), c + 1);
#endif
      d_step {
        single[r] = (mode == SINGLE);
        will[2 * r] = value;
        will[2 * r + 1] = (mode == SINGLE -> was[2 * r + 1] : value)
      }
    }
#ifdef NAME_LATE
    STORE(plain, NAMES(slot), 0);
#if RECORDS > 1
    STORE(plain, INDEX(slot), r);
#endif
    STORE(plain, NAMES(slot), c + 1);
#endif
    if
    :: mode != SINGLE ->
#ifdef FLAG_EARLY
      STORE(plain, HAS_IMAGE(slot), 1);
#endif
      STORE(plain, IMAGE_A(slot), memory[FIELD_A(r)]);
      STORE(plain, IMAGE_B(slot), memory[FIELD_B(r)]);
#ifndef FLAG_EARLY
      STORE(plain, HAS_IMAGE(slot), 1);
#endif
      if
      :: mode == MULTI ->
        STORE(data, FIELD_A(r), value);
        STORE(data, FIELD_B(r), value);
#ifdef FORGET_EARLY
        STORE(plain, HAS_IMAGE(slot), 0)
#endif
      :: else ->
        STORE(plain, HAS_IMAGE(slot), 0);
#ifdef CANCEL_BACK
        LEAVE(cancel, c);
#ifndef KEEP_NAMING
        STORE(plain, NAMES(slot), 0);
#endif
#else
        LEAVE(cancel, c + 2);
#endif
        goto begin
      fi
    :: else -> STORE(data, FIELD_A(r), value)
    fi;
#ifdef CARRY_HIGH_FIRST
    if
    :: WRAPS(c + 2) -> STORE(carry, COUNTER(r), 0)
    :: else
    fi;
#endif
#ifdef CARRY_LOW_FIRST
    if
    :: WRAPS(c + 2) ->
      LEAVE(done, c - 2);
      STORE(carry, COUNTER(r), 0)
    :: else -> LEAVE(done, c + 2)
    fi;
#else
    LEAVE(done, c + 2);
#endif
#ifndef KEEP_FLAG
    if
    :: mode == MULTI -> STORE(plain, HAS_IMAGE(slot), 0)
    :: else
    fi;
#endif
    goto begin;

lost:
    STORE(plain, NAMES(slot), 0);
    goto write;
