;; the mask belongs to the context
;; A thread that is in a critical section keeps it over a switch; the others are interrupted meanwhile.
;; @tests upcall_mask upcall_unmask context_switch
;; @cases good
(func (export "hv_upcall") (param $port i32) (i32.store (i32.const 0) (call $context_current)))
(func (export "hv_context") (param $argument i32) (result i32)
  (drop (call $timer_set (i64.const 0)))
  (drop (call $sched_block))
  (drop (call $context_switch (i32.const 0)))
  (call $expect "masked here, though not where it came from" (i32.const 1) (call $upcall_mask))
  (i32.const 0))
(func $test
  (drop (call $context_create (i32.const 0) (i32.const 0)))
  (drop (call $upcall_unmask))
  (i32.store (i32.const 0) (i32.const -1))
  (call $expect "to the other, in which the event becomes pending, and back" (i32.const 0)
    (call $context_switch (i32.const 1)))
  (call $expect "it came here, before the switch returned" (i32.const 0) (i32.load (i32.const 0)))
  (call $expect "unmasked as before" (i32.const 0) (call $upcall_unmask))
  (drop (call $context_switch (i32.const 1))))
