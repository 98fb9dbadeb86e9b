;; hypercalls that the guest keeps in its table work when called through it
;; C takes the address of imported functions. Such a call goes another way: with the original type, budget and stack
;; handed over in globals.
;; @tests console_write sched_yield context_switch
;; @cases good bad-pointer bad-handle
(type $two (func (param i32 i32) (result i32)))
(type $one (func (param i32) (result i32)))
(type $none (func (result i32)))
(table 3 funcref)
(elem (i32.const 0) $console_write $sched_yield $context_switch)
(global $seen (mut i32) (i32.const 0))
(func (export "hv_context") (param $argument i32) (result i32)
  (global.set $seen (local.get $argument))
  (drop (call_indirect (type $one) (i32.const 0) (i32.const 2)))
  (i32.const 0))
(func $test (local $kept i64) (local $context i32)
  (local.set $kept (i64.const 0x123456789abcdef0))
  (call $expect "a bad range" (abi -Errno.Fault)
    (call_indirect (type $two) (i32.const 0xffff) (i32.const 2) (i32.const 0)))
  (call $expect "a bad handle" (abi -Errno.Noent) (call_indirect (type $one) (i32.const 5) (i32.const 2)))
  (call $expect "a write of nothing" (i32.const 0)
    (call_indirect (type $two) (i32.const 0) (i32.const 0) (i32.const 0)))
  (call $expect "a yield" (i32.const 0) (call_indirect (type $none) (i32.const 1)))
  (local.set $context (call $context_create (i32.const 77) (i32.const 0)))
  (call $expect "a switch" (i32.const 0) (call_indirect (type $one) (local.get $context) (i32.const 2)))
  (call $expect "the other context ran" (i32.const 77) (global.get $seen))
  (call $expect64 "locals are as before" (i64.const 0x123456789abcdef0) (local.get $kept)))
