;; time_wall is a time of this age and advances with the monotonic clock
;; Its epoch is fixed by the interface; a guest has no other way to find it out.
;; @tests time_wall
;; @cases good twice
(func $test (local $wall i64)
  (call $expect "it is done" (i32.const 0) (call $time_wall (i32.const 0)))
  (local.set $wall (i64.load (i32.const 0)))
  (call $expectThat "not before 2000" (i64.ge_u (local.get $wall) (i64.const 946684800000000000)))
  (call $expectThat "before 2100" (i64.lt_u (local.get $wall) (i64.const 4102444800000000000)))
  (drop (call $time_monotonic (i32.const 8)))
  (drop (call $timer_set (i64.add (i64.load (i32.const 8)) (i64.const 2000000))))
  (drop (call $sched_block))
  (call $expect "again" (i32.const 0) (call $time_wall (i32.const 0)))
  ;; A double has 256 ns between its neighbours at this age.
  (call $expectThat "2 ms later it is 2 ms later"
    (i64.ge_s (i64.sub (i64.load (i32.const 0)) (local.get $wall)) (i64.const 1999000))))
