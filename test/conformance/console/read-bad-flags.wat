;; console_read refuses flags that nobody has named
;; Flags that are free today will mean something later: to ignore them would be to promise it.
;; @tests console_read
;; @cases bad-value twice
;; @type "x"
(func $refused (param $flags i32)
  (call $expect "unknown flags" (abi -Errno.Inval)
    (call $console_read (i32.const 0) (i32.const 1) (local.get $flags))))
(func $test
  (call $refused (i32.const 2))
  (call $refused (i32.const 2))
  (call $refused (i32.const 3))
  (call $refused (i32.const 0x80000000))
  (call $refused (i32.const 0x80000001))
  (call $refused (i32.const -1))
  (call $expect "nothing was taken" (i32.const 1)
    (call $console_read (i32.const 0) (i32.const 1) (abi NONBLOCK))))
