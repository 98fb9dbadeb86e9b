;; an upcall's stack begins below the 128 bytes that the interrupted function may use
;; clang's leaf functions keep locals below the stack pointer without moving it.
;; @tests upcall_unmask
;; @cases good
(global $sp (export "__stack_pointer") (mut i32) (i32.const 0x8005))
(func (export "hv_upcall") (param $port i32) (i32.store (i32.const 0) (global.get $sp)))
(func $test
  (drop (call $timer_set (i64.const 0)))
  (drop (call $sched_block))
  (drop (call $upcall_unmask))
  (call $expectThat "128 bytes below at least"
    (i32.le_u (i32.load (i32.const 0)) (i32.sub (i32.const 0x8005) (i32.const 128))))
  (call $expectThat "and not far" (i32.gt_u (i32.load (i32.const 0)) (i32.sub (i32.const 0x8005) (i32.const 160))))
  (call $expect "aligned to 16" (i32.const 0) (i32.and (i32.load (i32.const 0)) (i32.const 15)))
  (call $expect "back to the very same" (i32.const 0x8005) (global.get $sp)))
