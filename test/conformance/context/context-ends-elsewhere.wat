;; hv_context goes on with the context whose number it returns
;; A scheduler in the guest decides who follows a thread that ends; that need not be the one that started it.
;; @tests context_create context_switch
;; @cases good
(func (export "hv_context") (param $argument i32) (result i32)
  (i32.store (i32.const 0) (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10)) (call $context_current)))
  (local.get $argument))
(func $test
  (drop (call $context_create (i32.const 2) (i32.const 0)))
  (drop (call $context_create (i32.const 3) (i32.const 0)))
  (drop (call $context_create (i32.const 0) (i32.const 0)))
  (drop (call $context_switch (i32.const 1)))
  (call $expect "1, 2, 3 one after the other" (i32.const 123) (i32.load (i32.const 0)))
  (call $expect "all are gone" (i32.const 1) (call $context_create (i32.const 0) (i32.const 0))))
