;; context_current tells the number by which others switch here
;; It is how a kernel that was entered by an upcall finds out whom it interrupted.
;; @tests context_current
;; @cases good twice
(func (export "hv_upcall") (param $port i32) (i32.store (i32.const 0) (call $context_current)))
(func (export "hv_context") (param $argument i32) (result i32)
  (call $expect "in a context" (local.get $argument) (call $context_current))
  (drop (call $timer_set (i64.const 0)))
  (drop (call $sched_block))
  (drop (call $upcall_unmask))
  (call $expect "in an upcall it is the interrupted one" (local.get $argument) (i32.load (i32.const 0)))
  (i32.const 0))
(func $test
  (call $expect "hv_start has 0" (i32.const 0) (call $context_current))
  (call $expect "again" (i32.const 0) (call $context_current))
  (drop (call $context_switch (call $context_create (i32.const 1) (i32.const 0))))
  (call $expect "back here" (i32.const 0) (call $context_current)))
