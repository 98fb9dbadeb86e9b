;; sched_yield gives the slice away and comes back to the same place
;; A guest that waits for another says so; it must lose nothing by it, neither locals nor operands.
;; @tests sched_yield
;; @cases good twice
(func $test (local $i i32) (local $sum i64) (local $slices i32)
  (drop (call $vcpu_runstate (i32.const 0)))
  (local.set $slices (i32.load (abi Runstate.Quanta)))
  (loop $next
    (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (i32.add (local.get $i) (call $sched_yield)))))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
  (call $expect64 "locals and operands are as before" (i64.const 4950) (local.get $sum))
  (drop (call $vcpu_runstate (i32.const 0)))
  (call $expectThat "each yield ended a slice"
    (i32.ge_u (i32.sub (i32.load (abi Runstate.Quanta)) (local.get $slices)) (i32.const 100))))
