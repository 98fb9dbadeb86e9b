;; console_read refuses every range that does not lie in the memory, and takes nothing of the input
;; What was typed is still there for a read that is right.
;; @tests console_read
;; @cases bad-pointer twice
;; @uses bad-ranges
;; @type "typed"
(func $attempt (param $offset i32) (param $length i32) (result i32)
  (call $console_read (local.get $offset) (local.get $length) (global.get $flags)))
(global $flags (mut i32) (i32.const 0))
(func $test
  (call $refusesBadRanges)
  (global.set $flags (abi NONBLOCK))
  (call $refusesBadRanges)
  (call $expect "all of it is there" (i32.const 5)
    (call $console_read (i32.const 0x100) (i32.const 64) (i32.const 0))))
