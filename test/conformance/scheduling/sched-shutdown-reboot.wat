;; sched_shutdown with reason Reboot begins again with fresh memory, globals and accounts
;; A second life that finds anything of the first would be a bug that shows once in a hundred boots.
;; @tests sched_shutdown
;; @cases good twice
;; @ends reboot
(global $lives (mut i32) (i32.const 0))
(memory 1)
(data (i32.const 16) "data")
(func (export "hv_context") (param $argument i32) (result i32) (i32.const 0))
(func $test
  (call $expect "memory is fresh" (i32.const 0) (i32.load (i32.const 0)))
  (call $expect "data is fresh" (i32.const 0x61746164) (i32.load (i32.const 16)))
  (call $expect "globals are fresh" (i32.const 0) (global.get $lives))
  (call $expect "memory has its first size" (i32.const 1) (memory.size))
  (call $expect "nothing is pending" (abi -Errno.Again) (call $evtchn_next))
  (call $expect "contexts are counted anew" (i32.const 1) (call $context_create (i32.const 0) (i32.const 0)))
  (call $expect "upcalls are masked" (i32.const 1) (call $upcall_mask))
  (i32.store (i32.const 0) (i32.const -1))
  (i32.store (i32.const 16) (i32.const -1))
  (global.set $lives (i32.const 1))
  (drop (memory.grow (i32.const 1)))
  (drop (call $timer_set (i64.const 0)))
  (call $tell "verdict: Success: done\n")
  (drop (call $sched_shutdown (abi ShutdownReason.Reboot) (i32.const 0)))
  (call $tell "verdict: Failure: it went on\n"))
