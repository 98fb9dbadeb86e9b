;; timer_set arms, replaces and disarms one shot
;; A timer that was replaced must not fire for its first time as well; one that was disarmed not at all.
;; @tests timer_set
;; @cases good twice bad-value
(func $now (result i64)
  (drop (call $time_monotonic (i32.const 0)))
  (i64.load (i32.const 0)))
(func $test (local $deadline i64)
  (call $expect "a time that has passed" (i32.const 0) (call $timer_set (i64.const 0)))
  (call $expect "wakes at once" (i32.const 0) (call $sched_block))
  (call $expect "its port" (abi Virq.Timer) (call $evtchn_next))
  (call $expect "it fired once" (abi -Errno.Again) (call $evtchn_next))

  (call $expect "armed" (i32.const 0) (call $timer_set (i64.add (call $now) (i64.const 1000000))))
  (local.set $deadline (i64.add (call $now) (i64.const 3000000)))
  (call $expect "armed again: the later time holds" (i32.const 0) (call $timer_set (local.get $deadline)))
  (drop (call $sched_block))
  (call $expectThat "it did not fire before" (i64.ge_u (call $now) (local.get $deadline)))
  (drop (call $evtchn_next))

  (call $expect "armed" (i32.const 0) (call $timer_set (i64.add (call $now) (i64.const 300000))))
  (call $expect "disarmed by -1" (i32.const 0) (call $timer_set (i64.const -1)))
  (call $waitNs (i64.const 1000000))
  (call $expect "it did not fire" (abi -Errno.Again) (call $evtchn_next))
  (call $expect "armed" (i32.const 0) (call $timer_set (i64.add (call $now) (i64.const 300000))))
  (call $expect "disarmed by 2^63" (i32.const 0) (call $timer_set (i64.const 0x8000000000000000)))
  (call $expect "and again" (i32.const 0) (call $timer_set (i64.const 0x8000000000000000)))
  (call $waitNs (i64.const 1000000))
  (call $expect "it did not fire" (abi -Errno.Again) (call $evtchn_next))
  (call $expect "the furthest time there is" (i32.const 0) (call $timer_set (i64.const 0x7fffffffffffffff)))
  (call $waitNs (i64.const 1000000))
  (call $expect "it is not near" (abi -Errno.Again) (call $evtchn_next)))
;; Without the timer: by yielding.
(func $waitNs (param $ns i64)
  (local.set $ns (i64.add (local.get $ns) (call $now)))
  (loop $more
    (drop (call $sched_yield))
    (br_if $more (i64.lt_u (call $now) (local.get $ns)))))
