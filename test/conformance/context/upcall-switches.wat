;; an upcall handler that switches contexts preempts whoever it interrupted
;; This is what preemptive threads are made of: the handler's own stack sleeps above the interrupted one, in an endless loop.
;; @tests context_switch upcall_unmask
;; @cases good
(global $turns (mut i32) (i32.const 0))
(func (export "hv_upcall") (param $port i32)
  (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
  (if (i32.and
        (i32.ge_u (global.get $turns) (i32.const 10))
        (i32.and (i32.ne (i32.load (i32.const 16)) (i32.const 0)) (i32.ne (i32.load (i32.const 32)) (i32.const 0))))
    (then (drop (call $context_switch (i32.const 0))) (return)))
  (call $arm)
  (drop (call $context_switch (i32.sub (i32.const 3) (call $context_current)))))
;; Each time for longer: however slow the machine, in the end the loops get on.
(func $arm
  (drop (call $time_monotonic (i32.const 0)))
  (drop (call $timer_set
    (i64.add (i64.load (i32.const 0)) (i64.extend_i32_u (i32.mul (global.get $turns) (i32.const 100000)))))))
(func (export "hv_context") (param $argument i32) (result i32)
  (drop (call $upcall_unmask))
  (loop $forever
    (i32.store (local.get $argument) (i32.add (i32.load (local.get $argument)) (i32.const 1)))
    (br $forever))
  (i32.const 0))
(func $test
  (drop (call $context_create (i32.const 16) (i32.const 0)))
  (drop (call $context_create (i32.const 32) (i32.const 0)))
  (call $arm)
  (call $expect "until both got on, and ten turns at least" (i32.const 0) (call $context_switch (i32.const 1)))
  (call $expectThat "ten turns" (i32.ge_u (global.get $turns) (i32.const 10))))
