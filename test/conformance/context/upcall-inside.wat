;; inside an upcall others are masked; unmasked there, they nest; afterwards all is as before
;; The handler runs on the interrupted context. What it does to the mask must not leak into what it interrupted.
;; @tests upcall_mask upcall_unmask
;; @cases good
(global $sp (export "__stack_pointer") (mut i32) (i32.const 0x8008))
(global $depth (mut i32) (i32.const 0))
(func (export "hv_upcall") (param $port i32) (local $kept i32)
  (local.set $kept (global.get $sp))
  (call $expect "aligned to 16" (i32.const 0) (i32.and (global.get $sp) (i32.const 15)))
  (call $expect "masked at its begin" (i32.const 1) (call $upcall_mask))
  (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
  (if (i32.lt_u (global.get $depth) (i32.const 5))
    (then
      (drop (call $timer_set (i64.const 0)))
      (drop (call $sched_block))
      (call $expect "not before it unmasks" (i32.const 1) (call $upcall_unmask))
      (call $expect "all five are nested here" (i32.const 5) (global.get $depth))
      (call $expect "unmasked after the inner one" (i32.const 0) (call $upcall_unmask))))
  (call $expect "the stack pointer is its own" (local.get $kept) (global.get $sp))
  ;; Left unmasked: the interrupted code's own mask comes back.
  (drop (call $upcall_unmask)))
(func $test
  (drop (call $timer_set (i64.const 0)))
  (drop (call $sched_block))
  (drop (call $upcall_mask))
  (call $expect "unmask" (i32.const 1) (call $upcall_unmask))
  (call $expect "five came" (i32.const 5) (global.get $depth))
  (call $expect "the stack pointer is as before" (i32.const 0x8008) (global.get $sp))
  (call $expect "unmasked as before" (i32.const 0) (call $upcall_mask)))
