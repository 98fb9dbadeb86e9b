;; while upcalls are masked none comes, at no safepoint
;; A kernel's critical sections are nothing but this.
;; @tests upcall_mask upcall_unmask
;; @cases good
(func (export "hv_upcall") (param $port i32)
  (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))
(func $test (local $i i32)
  (drop (call $upcall_unmask))
  (call $expect "masked from here" (i32.const 0) (call $upcall_mask))
  (drop (call $timer_set (i64.const 0)))
  (drop (call $sched_block))
  (loop $next
    (drop (call $sched_yield))
    (call $expect "none came" (i32.const 0) (i32.load (i32.const 0)))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50))))
  (call $expect "unmask: it was masked" (i32.const 1) (call $upcall_unmask))
  (call $expect "it came before that returned" (i32.const 1) (i32.load (i32.const 0)))
  (call $expect "unmasked still" (i32.const 0) (call $upcall_unmask))
  (call $expect "it came once" (i32.const 1) (i32.load (i32.const 0))))
