;; trace_emit takes events of guests alone
;; Numbers from 65536 on are the machine's own: a guest that could write them could forge its neighbours' history.
;; @tests trace_emit
;; @cases bad-value good twice
(func $test
  (call $expect "the first beyond" (abi -Errno.Inval)
    (call $trace_emit (abi TRACE_EVENT_LIMIT) (i32.const 0) (i32.const 0)))
  (call $expect "one that would wrap to the machine's" (abi -Errno.Inval)
    (call $trace_emit (i32.const 0xffff0001) (i32.const 0) (i32.const 0)))
  (call $expect "2^31" (abi -Errno.Inval) (call $trace_emit (i32.const 0x80000000) (i32.const 0) (i32.const 0)))
  (call $expect "2^32 - 1" (abi -Errno.Inval) (call $trace_emit (i32.const -1) (i32.const 0) (i32.const 0)))
  (call $expect "the first" (i32.const 0) (call $trace_emit (i32.const 0) (i32.const 1) (i32.const 2)))
  (call $expect "again" (i32.const 0) (call $trace_emit (i32.const 0) (i32.const 1) (i32.const 2)))
  (call $expect "the last" (i32.const 0) (call $trace_emit (i32.const 65535) (i32.const -1) (i32.const -1))))
