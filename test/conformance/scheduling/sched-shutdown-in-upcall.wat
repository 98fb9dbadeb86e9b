;; sched_shutdown ends the domain inside an upcall, with another context's stack below
;; What the upcall interrupted never goes on, and neither do the contexts that sleep.
;; @tests sched_shutdown
;; @cases good
;; @ends poweroff 5
(func (export "hv_upcall") (param $port i32)
  (call $tell "verdict: Success: done\n")
  (drop (call $sched_shutdown (abi ShutdownReason.Poweroff) (i32.const 5)))
  (call $tell "verdict: Failure: the upcall went on\n"))
(func (export "hv_context") (param $argument i32) (result i32)
  (drop (call $timer_set (i64.const 0)))
  (drop (call $sched_block))
  (drop (call $upcall_unmask))
  (call $tell "verdict: Failure: the context went on\n")
  (i32.const 0))
(func $test
  (drop (call $context_switch (call $context_create (i32.const 0) (i32.const 0))))
  (call $tell "verdict: Failure: hv_start went on\n"))
