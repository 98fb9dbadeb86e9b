;; a request longer than messages may be is Inval
;; It would be kept in the core's memory while the host is at work.
;; @tests service_call
;; @cases bad-value
;; @memory-pages 2
(memory 2)
(func $test
  (call $expect "one byte too long" (abi -Errno.Inval)
    (call $service_call (abi Service.Files)
      (i32.const 0) (i32.add (abi SERVICE_MAX_BYTES) (i32.const 1)) (i32.const 0) (i32.const 0))))
