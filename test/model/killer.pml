/* Kills any CRASHES of the writers, each at any point; and what starts them all. */

active proctype Killer() {
  byte who;
end:
  do
  :: atomic {
      crashes < CRASHES ->
      do
      :: who < ALL - 1 -> who++
      :: break
      od;
      alive[who] = false;
      who = 0;
      crashes++
    }
  od
}

init {
  byte i;
  atomic {
    START;
    do
    :: i < ALL ->
      alive[i] = true;
      if
      :: i < WRITERS -> lock[i] = i + 1
      :: else
      fi;
#ifdef TSO
      run Drain(i);
#endif
      run Writer(i);
      i++
    :: else -> break
    od;
    i = 0
  }
}
