;; hv_context that returns the number of no context is a crash
;; The vCPU has no stack to go on with. That is the guest's error and ends it, and no other domain.
;; @tests context_create
;; @cases bad-handle
;; @ends crash no such context
(func (export "hv_context") (param $argument i32) (result i32) (i32.const 12345))
(func $test
  (drop (call $context_create (i32.const 0) (i32.const 0)))
  (call $tell "verdict: Success: done\n")
  (drop (call $context_switch (i32.const 1)))
  (call $tell "verdict: Failure: it went on\n"))
