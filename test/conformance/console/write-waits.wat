;; console_write waits while the console is full, and loses nothing
;; Output goes as fast as somebody takes it. Here the taker often refuses: 40 KiB must come through whole, in order.
;; @tests console_write
;; @cases good
;; @stalls
;; @shows 5000 times "0123456\n"
(func $test (local $i i32) (local $at i32) (local $taken i32) (local $left i32)
  (loop $fill
    (i64.store (local.get $i) (i64.const 0x0a36353433323130))
    (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 40000))))
  (local.set $left (i32.const 40000))
  (loop $more
    (local.set $taken (call $console_write (local.get $at) (local.get $left)))
    (call $require "at least 1 was taken" (i32.gt_s (local.get $taken) (i32.const 0)))
    (call $require "no more than were given" (i32.le_s (local.get $taken) (local.get $left)))
    (local.set $at (i32.add (local.get $at) (local.get $taken)))
    (br_if $more (local.tee $left (i32.sub (local.get $left) (local.get $taken))))))
