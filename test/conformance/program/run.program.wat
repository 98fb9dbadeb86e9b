(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $deep (i32.const 10)))
  (func $deep (param $depth i32)
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (call $yield)))
    (if (i32.gt_u (local.get $depth) (i32.const 1))
      (then (call $deep (i32.sub (local.get $depth) (i32.const 1)))))))
