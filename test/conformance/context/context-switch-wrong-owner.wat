;; context_switch and context_destroy find no context of another domain
;; Numbers of contexts are a domain's own: the neighbour has 40 of them, this domain but one, and whatever number is
;; said here, nothing of the neighbour's is reached.
;; @tests context_switch context_destroy
;; @cases wrong-owner
;; @beside context/neighbour
(func (export "hv_context") (param $argument i32) (result i32) (i32.const 0))
(func $test (local $id i32)
  (drop (call $sched_yield))
  (drop (call $sched_yield))
  (local.set $id (i32.const 1))
  (loop $next
    (call $expect "switch" (abi -Errno.Noent) (call $context_switch (local.get $id)))
    (call $expect "destroy" (abi -Errno.Noent) (call $context_destroy (local.get $id)))
    (br_if $next (i32.lt_u (local.tee $id (i32.add (local.get $id) (i32.const 1))) (i32.const 300)))))
