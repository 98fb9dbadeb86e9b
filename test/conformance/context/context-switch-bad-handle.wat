;; context_switch refuses numbers of contexts that do not exist
;; Numbers are indices into an array of the core's: each must be compared with its length, and found in use.
;; @tests context_switch
;; @cases bad-handle twice
(func (export "hv_context") (param $argument i32) (result i32) (i32.const 0))
(func $refused (param $id i32)
  (call $expect "no such context" (abi -Errno.Noent) (call $context_switch (local.get $id))))
(func $test (local $id i32)
  (local.set $id (i32.const 1))
  (loop $next
    (call $refused (local.get $id))
    (br_if $next (i32.lt_u (local.tee $id (i32.add (local.get $id) (i32.const 1))) (i32.const 40))))
  (call $refused (i32.const 256))
  (call $refused (i32.const 0x10000))
  (call $refused (i32.const 0x3fffffff))
  (call $refused (i32.const 0x40000000))
  (call $refused (i32.const 0x40000001))
  (call $refused (i32.const 0x7fffffff))
  (call $refused (i32.const 0x80000000))
  (call $refused (i32.const -1))
  (drop (call $context_create (i32.const 0) (i32.const 0)))
  (call $expect "it ran and is gone" (i32.const 0) (call $context_switch (i32.const 1)))
  (call $refused (i32.const 1))
  (call $refused (i32.const 1)))
