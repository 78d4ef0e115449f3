/* Memory as the writers of record.pml share it, their store buffers, and what must hold at each store that reaches it. */

#define ALL (WRITERS + NEWCOMERS)
#define NOBODY 255

/* Memory: the records, then the slots. */
#define COUNTER(r) (3 * (r))
#define FIELD_A(r) (3 * (r) + 1)
#define FIELD_B(r) (3 * (r) + 2)
#define SLOT(s) (3 * RECORDS + 5 * (s))
#define HAS_IMAGE(s) SLOT(s)
#define NAMES(s) (SLOT(s) + 1) /* the odd counter; 0 names nothing */
#define INDEX(s) (SLOT(s) + 2)
#define IMAGE_A(s) (SLOT(s) + 3)
#define IMAGE_B(s) (SLOT(s) + 4)
byte memory[3 * RECORDS + 5 * SLOTS]
byte lock[SLOTS] /* of a slot's byte: 0, or one more than the writer that holds it */
bool alive[ALL]
byte crashes

/* What no process can see, for the assertions: who is inside, and what the record holds and is to hold. */
byte owner[RECORDS] = NOBODY
bool single[RECORDS]
byte was[RECORDS * 2]
byte will[RECORDS * 2]

/* Stores of the two fields and the last one of the counter are told apart, for the assertions. */
mtype = { plain, acquire, data, done, cancel, restore, take, carry }

#define IS(r, fields) (memory[FIELD_A(r)] == fields[2 * (r)] && memory[FIELD_B(r)] == fields[2 * (r) + 1])

/* A store as it reaches memory. Each assertion is one of the properties. */
inline perform(WHO, KIND, RECORD, ADR, VAL) {
  if
  :: KIND == acquire ->
    assert(owner[RECORD] == NOBODY); /* two are never inside at once */
    owner[RECORD] = WHO
  :: KIND == data -> assert(owner[RECORD] == WHO) /* nobody takes what a live writer holds */
  :: KIND == done ->
    assert(owner[RECORD] == WHO);
    assert(IS(RECORD, will));
    owner[RECORD] = NOBODY;
    was[2 * RECORD] = will[2 * RECORD];
    was[2 * RECORD + 1] = will[2 * RECORD + 1]
  :: KIND == cancel ->
    assert(owner[RECORD] == WHO);
    assert(IS(RECORD, was));
    owner[RECORD] = NOBODY
  :: KIND == restore -> assert(owner[RECORD] != NOBODY && !alive[owner[RECORD]]) /* no image over a later write */
  :: KIND == take ->
    assert(owner[RECORD] != NOBODY && !alive[owner[RECORD]]);
    /* what was there before the torn write, or the new value of a write of one word */
    if
    :: IS(RECORD, was)
    :: else ->
      assert(single[RECORD] && IS(RECORD, will));
      was[2 * RECORD] = will[2 * RECORD]
    fi;
    owner[RECORD] = NOBODY
  :: else
  fi;
  memory[ADR] = (KIND == carry -> memory[ADR] + 4 : VAL)
}

#ifdef PSO
#define TSO 2
#endif
#ifdef TSO
chan buffer[ALL] = [TSO] of { mtype, byte, byte, byte }
byte pending[ALL * RECORDS] /* what the writer's own loads of the counter get: its store that is still in the buffer */
#define STORE(kind, address, value) buffer[me]!kind, r, address, value
#define LEAVE(kind, value) atomic { nfull(buffer[me]) -> buffer[me]!kind, r, COUNTER(r), value; pending[me * RECORDS + r] = value }
#define DRAINED empty(buffer[me])
#define OWN_COUNTER (pending[me * RECORDS + r] -> pending[me * RECORDS + r] : memory[COUNTER(r)])

proctype Drain(byte me) {
  byte r, address, value;
  mtype kind;
#ifdef PSO
  byte r1, address1, value1;
  mtype kind1;
#endif
end:
  do
  :: atomic {
      buffer[me]?kind, r, address, value ->
#ifdef PSO
      if
      :: true
      :: nempty(buffer[me]) ->
        kind1 = kind; r1 = r; address1 = address; value1 = value;
        buffer[me]?kind, r, address, value;
        if
        :: address != address1 -> buffer[me]!kind1, r1, address1, value1
        :: else -> perform(me, kind1, r1, address1, value1)
        fi;
        kind1 = 0; r1 = 0; address1 = 0; value1 = 0
      fi;
#endif
      d_step {
        perform(me, kind, r, address, value);
        if
        :: kind == done || kind == cancel || kind == take -> pending[me * RECORDS + r] = 0
        :: else
        fi;
        kind = 0; r = 0; address = 0; value = 0
      }
    }
  od
}
#else
#define STORE(kind, address, value) atomic { perform(me, kind, r, address, value) }
#define LEAVE(kind, value) STORE(kind, COUNTER(r), value)
#define DRAINED true
#define OWN_COUNTER memory[COUNTER(r)]
#endif
