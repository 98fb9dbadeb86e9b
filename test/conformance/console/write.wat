;; console_write takes bytes in their order and tells how many
;; What it took is shown, once; what it did not take is the guest's to say again.
;; @tests console_write
;; @cases good twice
;; @shows "one\ntwo\n\u0000"
(data (i32.const 0) "one\ntwo\n\00")
(func $test
  (call $expect "nothing" (i32.const 0) (call $console_write (i32.const 0) (i32.const 0)))
  (call $expect "nothing, at the memory's very end" (i32.const 0)
    (call $console_write (i32.const 0x10000) (i32.const 0)))
  (call $expect "four bytes" (i32.const 4) (call $console_write (i32.const 0) (i32.const 4)))
  (call $expect "five, one of them 0" (i32.const 5) (call $console_write (i32.const 4) (i32.const 5)))
  (i32.store8 (i32.const 0xffff) (i32.const 10))
  (call $expect "the memory's last byte" (i32.const 1) (call $console_write (i32.const 0xffff) (i32.const 1))))
