;; evtchn_next takes pending ports, lowest first, each once
;; A kernel without upcalls polls its events with it, and must see the end of them.
;; @tests evtchn_next
;; @cases good twice
;; @type "x" when "ready"
(func $test (local $i i32)
  (call $expect "nothing is pending" (abi -Errno.Again) (call $evtchn_next))
  (call $expect "again" (abi -Errno.Again) (call $evtchn_next))
  (call $tell "ready\n")
  (drop (call $sched_block))
  (drop (call $timer_set (i64.const 0)))
  ;; The console is pending, so nothing sleeps: wait for the timer by the clock.
  (drop (call $time_monotonic (i32.const 0)))
  (loop $wait
    (drop (call $sched_yield))
    (drop (call $time_monotonic (i32.const 8)))
    (br_if $wait
      (i64.lt_u (i64.load (i32.const 8)) (i64.add (i64.load (i32.const 0)) (i64.const 5000000)))))
  (call $expect "the timer" (abi Virq.Timer) (call $evtchn_next))
  (call $expect "the console" (abi Virq.Console) (call $evtchn_next))
  (call $expect "no more" (abi -Errno.Again) (call $evtchn_next)))
