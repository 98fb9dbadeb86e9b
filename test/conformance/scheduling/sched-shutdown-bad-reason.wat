;; sched_shutdown refuses reasons that nobody has named, and the domain runs on
;; Numbers between the named ones will mean something later: a guest that says them today must be told, not ended.
;; @tests sched_shutdown
;; @cases bad-value twice
(func $test
  (call $expect "2" (abi -Errno.Inval) (call $sched_shutdown (i32.const 2) (i32.const 0)))
  (call $expect "2 again" (abi -Errno.Inval) (call $sched_shutdown (i32.const 2) (i32.const 0)))
  (call $expect "4" (abi -Errno.Inval) (call $sched_shutdown (i32.const 4) (i32.const 0)))
  (call $expect "2^31" (abi -Errno.Inval) (call $sched_shutdown (i32.const 0x80000000) (i32.const 0)))
  (call $expect "2^32 - 1" (abi -Errno.Inval) (call $sched_shutdown (i32.const -1) (i32.const 3))))
