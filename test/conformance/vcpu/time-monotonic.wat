;; time_monotonic counts from the domain's creation and never goes back
;; Deadlines are made of it. A clock of the machine's own age would tell a guest about others.
;; @tests time_monotonic
;; @cases good twice
(func $test (local $i i32) (local $last i64)
  (call $expect "it is done" (i32.const 0) (call $time_monotonic (i32.const 0)))
  (call $expectThat "less than a day" (i64.lt_u (i64.load (i32.const 0)) (i64.const 86400000000000)))
  (i64.store (i32.const 24) (i64.const -1))
  (loop $next
    (local.set $last (i64.load (i32.const 16)))
    (call $expect "again" (i32.const 0) (call $time_monotonic (i32.const 16)))
    (call $expectThat "not back" (i64.ge_u (i64.load (i32.const 16)) (local.get $last)))
    (if (i32.eqz (i32.rem_u (local.get $i) (i32.const 10))) (then (drop (call $sched_yield))))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50))))
  (call $expect64 "8 bytes and no more" (i64.const -1) (i64.load (i32.const 24)))
  (call $expect "at the last place" (i32.const 0) (call $time_monotonic (i32.const 0xfff8)))
  (call $expect "at an odd place" (i32.const 0) (call $time_monotonic (i32.const 0xfff7))))
