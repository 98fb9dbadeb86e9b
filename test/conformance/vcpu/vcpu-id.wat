;; vcpu_id is 0 on a domain's only vCPU, in every context
;; Per-vCPU data of a kernel is indexed by it.
;; @tests vcpu_id
;; @cases good twice
(global $seen (mut i32) (i32.const -1))
(func (export "hv_context") (param $argument i32) (result i32)
  (global.set $seen (call $vcpu_id))
  (i32.const 0))
(func $test
  (call $expect "the only one" (i32.const 0) (call $vcpu_id))
  (call $expect "again" (i32.const 0) (call $vcpu_id))
  (drop (call $context_switch (call $context_create (i32.const 0) (i32.const 0))))
  (call $expect "in another context" (i32.const 0) (global.get $seen)))
