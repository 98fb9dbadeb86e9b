;; Counts rounds of work as fast as it can.
;; Tells how many there were, as 8 bytes, when something is typed.
(module
  (import "hv" "console_read" (func $console_read (param i32 i32 i32) (result i32)))
  (import "hv" "console_write" (func $console_write (param i32 i32) (result i32)))
  (memory (export "memory") 1 1)
  (func (export "hv_start")
    (local $i i32) (local $sum i32)
    (loop $forever
      (local.set $i (i32.const 2000))
      (loop $work
        (local.set $sum (i32.mul (i32.add (local.get $sum) (local.get $i)) (i32.const 1664525)))
        (i32.store (i32.const 1024) (local.get $sum))
        (br_if $work (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (i64.store (i32.const 0) (i64.add (i64.load (i32.const 0)) (i64.const 1)))
      (if (i32.gt_s (call $console_read (i32.const 16) (i32.const 64) (i32.const 1)) (i32.const 0))
        (then (drop (call $console_write (i32.const 0) (i32.const 8)))))
      (br $forever))))
