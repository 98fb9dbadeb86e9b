;; contexts of a domain stay as they are whatever its neighbours do
;; The other side of context-switch-wrong-owner: 40 contexts sleep while the neighbour reaches for their numbers; then
;; each goes on where it was.
;; @tests context_create context_switch
;; @cases wrong-owner good
(func (export "hv_context") (param $argument i32) (result i32)
  (drop (call $context_switch (i32.const 0)))
  (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get $argument)))
  (i32.const 0))
(func $test (local $i i32)
  (local.set $i (i32.const 1))
  (loop $next
    (call $expect "a context" (local.get $i) (call $context_create (local.get $i) (i32.const 0)))
    (drop (call $context_switch (local.get $i)))
    (br_if $next (i32.le_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40))))
  (local.set $i (i32.const 0))
  (loop $wait
    (drop (call $sched_yield))
    (br_if $wait (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
  (local.set $i (i32.const 1))
  (loop $next
    (call $expect "it goes on" (i32.const 0) (call $context_switch (local.get $i)))
    (br_if $next (i32.le_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40))))
  (call $expect "each with its own argument" (i32.const 820) (i32.load (i32.const 0))))
