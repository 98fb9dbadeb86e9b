;; memory_reservation refuses what it does not know
;; Targets of the balloon and others will follow: a guest that asks too early must be told.
;; @tests memory_reservation
;; @cases bad-value twice
(func $refused (param $which i32)
  (call $expect "unknown" (abi -Errno.Inval) (call $memory_reservation (local.get $which))))
(func $test
  (call $refused (i32.const 0x1000))
  (call $refused (i32.const 0x1000))
  (call $refused (i32.const 0x7fffffff))
  (call $refused (i32.const 0x80000000))
  (call $refused (i32.const -1)))
