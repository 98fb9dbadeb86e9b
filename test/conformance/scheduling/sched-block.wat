;; sched_block sleeps until an event is pending, and not at all when one is
;; An event that becomes pending between a guest's look at it and its sleep would be lost if sleeping did not look again.
;; @tests sched_block
;; @cases good twice
(func $test (local $deadline i64)
  (drop (call $time_monotonic (i32.const 0)))
  (local.set $deadline (i64.add (i64.load (i32.const 0)) (i64.const 2000000)))
  (drop (call $timer_set (local.get $deadline)))
  (call $expect "it wakes" (i32.const 0) (call $sched_block))
  (drop (call $time_monotonic (i32.const 0)))
  (call $expectThat "not before the deadline" (i64.ge_u (i64.load (i32.const 0)) (local.get $deadline)))
  (call $expect "again, while the event is pending: at once" (i32.const 0) (call $sched_block))
  (call $expect "and once more" (i32.const 0) (call $sched_block))
  (call $expect "the event is pending still" (abi Virq.Timer) (call $evtchn_next))
  (call $expect "once" (abi -Errno.Again) (call $evtchn_next)))
