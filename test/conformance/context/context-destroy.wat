;; context_destroy forgets a deep stack, also that of hv_start
;; A kernel ends threads from outside. Context 0 is one like the others: the domain lives on without it.
;; @tests context_destroy
;; @cases good twice
(func (export "hv_context") (param $argument i32) (result i32)
  (if (local.get $argument) (then (call $deep (i32.const 200))))
  (call $expect "hv_start's own" (i32.const 0) (call $context_destroy (i32.const 0)))
  (call $expect "again" (abi -Errno.Noent) (call $context_destroy (i32.const 0)))
  (call $expect "the current one has its number still" (i32.const 2) (call $context_current))
  (call $finish)
  (i32.const 0))
(func $deep (param $depth i32)
  (if (local.get $depth)
    (then (call $deep (i32.sub (local.get $depth) (i32.const 1))))
    (else (drop (call $context_switch (i32.const 0)))))
  (call $tell "verdict: Failure: a destroyed context went on\n"))
(func $test (local $i i32)
  (loop $next
    (call $expect "made" (i32.const 1) (call $context_create (i32.const 1) (i32.const 0)))
    (call $expect "suspended deep inside" (i32.const 0) (call $context_switch (i32.const 1)))
    (call $expect "destroyed" (i32.const 0) (call $context_destroy (i32.const 1)))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
  (drop (call $context_create (i32.const 1) (i32.const 0)))
  (drop (call $context_create (i32.const 0) (i32.const 0)))
  (drop (call $context_switch (i32.const 2)))
  (call $tell "verdict: Failure: hv_start went on\n"))
