;; a number that no hypercall has is answered with Nosys
;; A guest that was written for a later version must be able to ask, and to go on. It must not trap and not reach
;; anything else through the table: numbers from 256 on are the entries of guests.
;; @tests hypercall
;; @cases bad-value
(func $test (local $number i32)
  (local.set $number (i32.const 0xf0))
  (loop $next
    (call $refused (local.get $number))
    (br_if $next (i32.lt_u (local.tee $number (i32.add (local.get $number) (i32.const 1))) (i32.const 0x200))))
  (call $refused (i32.const 0x7fffffff))
  (call $refused (i32.const 0x80000000))
  (call $refused (i32.const 0xffffff00))
  (call $refused (i32.const 0xffffffff)))
(func $refused (param $number i32)
  (call $expect "not a hypercall" (abi -Errno.Nosys)
    (call $hypercall (local.get $number)
      (i64.const 0) (i64.const -1) (i64.const 2) (i64.const 3) (i64.const 4))))
