;; vcpu_runstate's times add up to the time since the domain was created
;; Every moment is in one state: a guest that computes its share of the CPU, or what was stolen from it, relies on it.
;; @tests vcpu_runstate
;; @cases good twice
(func $test (local $spent i64)
  (call $look)
  (call $expect "48 bytes and no more" (i32.const 0x5a5a5a5a) (i32.load (i32.const 48)))
  (local.set $spent (i64.load (abi Runstate.SpentUnits)))
  (drop (call $sched_yield))
  (call $look)
  (call $expectThat "what was spent before the yield is counted"
    (i64.gt_u (i64.load (abi Runstate.SpentUnits)) (local.get $spent)))
  (drop (call $time_monotonic (i32.const 64)))
  (drop (call $timer_set (i64.add (i64.load (i32.const 64)) (i64.const 1000000))))
  (drop (call $sched_block))
  (call $look)
  (call $expectThat "it was blocked" (i64.gt_u (i64.load (abi Runstate.BlockedNs)) (i64.const 0)))
  (call $expect "at the last place that it fits" (i32.const 0)
    (call $vcpu_runstate (i32.sub (i32.const 0x10000) (abi RUNSTATE_BYTES))))
  (call $expect "and at an odd one" (i32.const 0) (call $vcpu_runstate (i32.const 1))))
(func $look (local $sum i64)
  (i32.store (i32.const 48) (i32.const 0x5a5a5a5a))
  (drop (call $time_monotonic (i32.const 64)))
  (call $expect "it is done" (i32.const 0) (call $vcpu_runstate (i32.const 0)))
  (drop (call $time_monotonic (i32.const 72)))
  (call $expect "who asks is running" (abi RunState.Running) (i32.load (abi Runstate.State)))
  (call $expectThat "it has run" (i32.gt_u (i32.load (abi Runstate.Quanta)) (i32.const 0)))
  (local.set $sum
    (i64.add
      (i64.add (i64.load (abi Runstate.RunningNs)) (i64.load (abi Runstate.RunnableNs)))
      (i64.add (i64.load (abi Runstate.BlockedNs)) (i64.load (abi Runstate.OfflineNs)))))
  ;; Each of the four is rounded down.
  (call $expectThat "not less than the time before"
    (i64.ge_u (i64.add (local.get $sum) (i64.const 4)) (i64.load (i32.const 64))))
  (call $expectThat "not more than the time after" (i64.le_u (local.get $sum) (i64.load (i32.const 72)))))
