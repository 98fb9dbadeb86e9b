;; context_create ends at the domain's quota, and begins again when a context is gone
;; Stacks lie in the core's memory: without a bound one guest could take all of it. A refusal must take nothing.
;; @tests context_create context_destroy
;; @cases bad-value twice good
;; @contexts 4
(func (export "hv_context") (param $argument i32) (result i32) (i32.const 0))
(func $test (local $i i32)
  (call $expect "1" (i32.const 1) (call $create))
  (call $expect "2" (i32.const 2) (call $create))
  (call $expect "3" (i32.const 3) (call $create))
  (loop $next
    (call $expect "no fifth context" (abi -Errno.Nospc) (call $create))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
  (call $expect "one goes" (i32.const 0) (call $context_destroy (i32.const 2)))
  (call $expect "its number is given again" (i32.const 2) (call $create))
  (call $expect "and that is all" (abi -Errno.Nospc) (call $create)))
(func $create (result i32) (call $context_create (i32.const 0) (i32.const 0)))
