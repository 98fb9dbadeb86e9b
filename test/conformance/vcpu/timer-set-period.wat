;; a timer does not expire sooner than its minimum period after it last did
;; Otherwise a guest could keep the machine busy with its wake-ups alone.
;; @tests timer_set
;; @cases good twice
(func $test (local $last i64) (local $now i64) (local $i i32)
  (loop $next
    (drop (call $timer_set (i64.const 0)))
    (drop (call $sched_block))
    (drop (call $time_monotonic (i32.const 0)))
    (local.set $now (i64.load (i32.const 0)))
    (call $expect "the timer" (abi Virq.Timer) (call $evtchn_next))
    ;; The guest reads the clock some time behind the expiry, earlier or later each time: so of ten together.
    (if (i32.eqz (local.get $i)) (then (local.set $last (local.get $now))))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 12))))
  (call $expectThat "eleven periods took the time of ten at least"
    (i64.ge_u (i64.sub (local.get $now) (local.get $last))
      (i64.mul (i64.const 10) (abi64 TIMER_MIN_PERIOD_NS)))))
