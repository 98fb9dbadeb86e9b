;; upcall_unmask without hv_upcall changes the mask and no more
;; Such a guest takes its events with evtchn_next; they must stay pending for it.
;; @tests upcall_unmask
;; @cases bad-value twice
(func $test
  (drop (call $timer_set (i64.const 0)))
  (drop (call $sched_block))
  (call $expect "it was masked" (i32.const 1) (call $upcall_unmask))
  (call $expect "it is not" (i32.const 0) (call $upcall_unmask))
  (drop (call $sched_yield))
  (call $expect "the event is pending" (abi Virq.Timer) (call $evtchn_next)))
