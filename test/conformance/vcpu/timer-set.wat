;; timer_set arms, replaces and disarms one shot
;; A timer that was replaced must not fire for its first time as well; one that was disarmed not at all.
;; @tests timer_set
;; @cases good twice bad-value
(func $now (result i64)
  (drop (call $time_monotonic (i32.const 0)))
  (i64.load (i32.const 0)))
(global $far i64 (i64.const 250000000))
(func $test (local $deadline i64) (local $first i64)
  (call $expect "a time that has passed" (i32.const 0) (call $timer_set (i64.const 0)))
  (call $expect "wakes at once" (i32.const 0) (call $sched_block))
  (call $expect "its port" (abi Virq.Timer) (call $evtchn_next))
  (call $expect "it fired once" (abi -Errno.Again) (call $evtchn_next))

  ;; A first time that is far enough for any machine, replaced by a nearer one, then by a later one.
  (local.set $first (i64.add (call $now) (global.get $far)))
  (call $expect "armed" (i32.const 0) (call $timer_set (local.get $first)))
  (local.set $deadline (i64.add (call $now) (i64.const 900000)))
  (call $expect "armed again: the nearer time holds" (i32.const 0) (call $timer_set (local.get $deadline)))
  (drop (call $sched_block))
  (call $expectThat "it did not fire before" (i64.ge_u (call $now) (local.get $deadline)))
  (call $expectThat "nor as late as the first time" (i64.lt_u (call $now) (local.get $first)))
  (drop (call $evtchn_next))
  (call $waitUntil (i64.add (local.get $first) (i64.const 400000)))
  (call $expect "the time that was replaced is void" (abi -Errno.Again) (call $evtchn_next))

  (call $disarmedBy (i64.const -1))
  (call $disarmedBy (i64.const 0x8000000000000000))
  (call $expect "disarmed twice" (i32.const 0) (call $timer_set (i64.const 0x8000000000000000)))
  (call $expect "the furthest time there is" (i32.const 0) (call $timer_set (i64.const 0x7fffffffffffffff)))
  (call $waitUntil (i64.add (call $now) (i64.const 400000)))
  (call $expect "it is not near" (abi -Errno.Again) (call $evtchn_next)))
(func $disarmedBy (param $never i64) (local $deadline i64)
  (local.set $deadline (i64.add (call $now) (global.get $far)))
  (call $expect "armed" (i32.const 0) (call $timer_set (local.get $deadline)))
  (call $expect "disarmed" (i32.const 0) (call $timer_set (local.get $never)))
  (call $waitUntil (i64.add (local.get $deadline) (i64.const 400000)))
  (call $expect "it did not fire" (abi -Errno.Again) (call $evtchn_next)))
;; Without the timer: by yielding.
(func $waitUntil (param $time i64)
  (loop $more
    (drop (call $sched_yield))
    (br_if $more (i64.lt_u (call $now) (local.get $time)))))
