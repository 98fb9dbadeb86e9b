;; console_read waits for what is typed and gives it once, in its order
;; The guest sleeps until the first byte; a short buffer takes its part and leaves the rest.
;; @tests console_read
;; @cases good twice
;; @type "hello" when "first"
;; @type "!" when "second"
(func $test
  (call $expect "nothing asked" (i32.const 0) (call $console_read (i32.const 0) (i32.const 0) (i32.const 0)))
  (call $expect "nothing there" (abi -Errno.Again) (call $read (i32.const 8) (abi NONBLOCK)))
  (call $expect "again" (abi -Errno.Again) (call $read (i32.const 8) (abi NONBLOCK)))
  (call $tell "first\n")
  (call $expect "it waits, then takes what fits" (i32.const 4) (call $read (i32.const 4) (i32.const 0)))
  (call $expect "its bytes" (i32.const 0x6c6c6568) (i32.load (i32.const 0)))
  (call $expect "the rest" (i32.const 1) (call $read (i32.const 8) (abi NONBLOCK)))
  (call $expect "its byte" (i32.const 0x6f) (i32.load8_u (i32.const 0)))
  (call $expect "none left" (abi -Errno.Again) (call $read (i32.const 8) (abi NONBLOCK)))
  (call $tell "second\n")
  (call $expect "at the memory's very end" (i32.const 1)
    (call $console_read (i32.const 0xffff) (i32.const 1) (i32.const 0)))
  (call $expect "its byte" (i32.const 0x21) (i32.load8_u (i32.const 0xffff))))
(func $read (param $length i32) (param $flags i32) (result i32)
  (call $console_read (i32.const 0) (local.get $length) (local.get $flags)))
