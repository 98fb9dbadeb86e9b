;; context_switch leaves a stack and takes another up, however deep both are
;; The two stacks take turns at every depth; each must find its own locals and operands again.
;; @tests context_switch
;; @cases good twice
(global $sp (export "__stack_pointer") (mut i32) (i32.const 0x8000))
(func (export "hv_context") (param $argument i32) (result i32)
  (i64.store (i32.const 8) (call $deep (i32.const 50) (i32.const 0)))
  (i32.const 0))
;; Switches to `other` on the way down and on the way up; the sum of the depths shows that none was lost.
(func $deep (param $depth i32) (param $other i32) (result i64) (local $kept i64)
  (local.set $kept (i64.mul (i64.extend_i32_u (local.get $depth)) (i64.const 0x100000001)))
  (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
  (if (i32.lt_s (call $context_switch (local.get $other)) (i32.const 0)) (then (return (i64.const -1))))
  (if (local.get $depth)
    (then
      (local.set $kept
        (i64.add (local.get $kept) (call $deep (i32.sub (local.get $depth) (i32.const 1)) (local.get $other))))))
  (drop (call $context_switch (local.get $other)))
  (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
  (local.get $kept))
(func $test
  (call $expect "to the current context: nothing happens" (i32.const 0)
    (call $context_switch (call $context_current)))
  (call $expect "again" (i32.const 0) (call $context_switch (i32.const 0)))
  (call $require "a context" (i32.eq (call $context_create (i32.const 0) (i32.const 0x4000)) (i32.const 1)))
  (call $expect64 "this stack" (i64.mul (i64.const 1275) (i64.const 0x100000001))
    (call $deep (i32.const 50) (i32.const 1)))
  (call $expect "the other one ends" (i32.const 0) (call $context_switch (i32.const 1)))
  (call $expect64 "the other stack" (i64.mul (i64.const 1275) (i64.const 0x100000001)) (i64.load (i32.const 8)))
  (call $expect "the stack pointer here" (i32.const 0x8000) (global.get $sp)))
