;; context_destroy refuses what does not exist, what is gone, and the current context
;; The second of two calls must not free the same stack again, and nobody may saw off the stack that he sits on.
;; @tests context_destroy
;; @cases bad-handle twice
(func (export "hv_context") (param $argument i32) (result i32)
  (call $expect "the current one, inside" (abi -Errno.Busy) (call $context_destroy (call $context_current)))
  (i32.const 0))
(func $test (local $id i32)
  (local.set $id (i32.const 1))
  (loop $next
    (call $expect "never made" (abi -Errno.Noent) (call $context_destroy (local.get $id)))
    (br_if $next (i32.lt_u (local.tee $id (i32.add (local.get $id) (i32.const 1))) (i32.const 40))))
  (call $expect "2^30" (abi -Errno.Noent) (call $context_destroy (i32.const 0x40000000)))
  (call $expect "2^31" (abi -Errno.Noent) (call $context_destroy (i32.const 0x80000000)))
  (call $expect "2^32 - 1" (abi -Errno.Noent) (call $context_destroy (i32.const -1)))
  (call $expect "the current one" (abi -Errno.Busy) (call $context_destroy (i32.const 0)))
  (call $expect "the current one again" (abi -Errno.Busy) (call $context_destroy (i32.const 0)))
  (call $require "a context" (i32.eq (call $context_create (i32.const 0) (i32.const 0)) (i32.const 1)))
  (drop (call $context_switch (i32.const 1)))
  (call $expect "gone by itself" (abi -Errno.Noent) (call $context_destroy (i32.const 1)))
  (call $require "another" (i32.eq (call $context_create (i32.const 0) (i32.const 0)) (i32.const 1)))
  (call $expect "once" (i32.const 0) (call $context_destroy (i32.const 1)))
  (call $expect "twice" (abi -Errno.Noent) (call $context_destroy (i32.const 1)))
  (call $expect "it cannot be switched to" (abi -Errno.Noent) (call $context_switch (i32.const 1))))
