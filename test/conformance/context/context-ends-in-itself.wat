;; hv_context that returns its own number is a crash
;; The context is gone when it returns: to go on with it would be to run a stack that was freed.
;; @tests context_create
;; @cases bad-handle
;; @ends crash no such context
(func (export "hv_context") (param $argument i32) (result i32) (call $context_current))
(func $test
  (drop (call $context_create (i32.const 0) (i32.const 0)))
  (call $tell "verdict: Success: done\n")
  (drop (call $context_switch (i32.const 1)))
  (call $tell "verdict: Failure: it went on\n"))
