;; Makes NaNs in every way that engines may differ in, mixes them with random bytes and the time, and prints the sum of it all.
(module
  (import "hv" "random_bytes" (func $random_bytes (param i32 i32) (result i32)))
  (import "hv" "time_monotonic" (func $time_monotonic (param i32) (result i32)))
  (import "hv" "trace_emit" (func $trace_emit (param i32 i32 i32) (result i32)))
  (import "hv" "console_write" (func $console_write (param i32 i32) (result i32)))
  (import "hv" "sched_yield" (func $sched_yield (result i32)))
  (memory (export "memory") 1 1)
  (global $sum (mut i64) (i64.const 0x6a09e667f3bcc908))

  (func $mix (param $value i64)
    (global.set $sum
      (i64.mul (i64.xor (i64.rotl (global.get $sum) (i64.const 23)) (local.get $value)) (i64.const 0x9e3779b97f4a7c15))))
  (func $mix64 (param $value f64) (call $mix (i64.reinterpret_f64 (local.get $value))))
  (func $mix32 (param $value f32) (call $mix (i64.extend_i32_u (i32.reinterpret_f32 (local.get $value)))))

  ;; Operands come from memory, so that no compiler can know them.
  (func $nans (param $a f64) (param $b f64)
    (call $mix64 (f64.add (local.get $a) (local.get $b)))
    (call $mix64 (f64.sub (local.get $a) (local.get $b)))
    (call $mix64 (f64.mul (local.get $a) (local.get $b)))
    (call $mix64 (f64.div (local.get $a) (local.get $b)))
    (call $mix64 (f64.sqrt (local.get $a)))
    (call $mix64 (f64.min (local.get $a) (local.get $b)))
    (call $mix64 (f64.max (local.get $b) (local.get $a)))
    (call $mix64 (f64.nearest (local.get $a)))
    (call $mix64 (f64.neg (local.get $a)))
    (call $mix32 (f32.demote_f64 (local.get $a)))
    (call $mix32 (f32.sub (f32.demote_f64 (local.get $a)) (f32.demote_f64 (local.get $b))))
    (call $mix64 (f64.promote_f32 (f32.demote_f64 (local.get $b)))))

  (func $print (local $i i32) (local $digit i32)
    (loop $next
      (local.set $digit (i32.and (i32.wrap_i64 (i64.shr_u (global.get $sum)
        (i64.extend_i32_u (i32.sub (i32.const 60) (i32.shl (local.get $i) (i32.const 2)))))) (i32.const 15)))
      (i32.store8 offset=64 (local.get $i)
        (i32.add (local.get $digit) (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $digit) (i32.const 10)))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16))))
    (i32.store8 offset=64 (i32.const 16) (i32.const 10))
    (drop (call $console_write (i32.const 64) (i32.const 17))))

  (func (export "hv_start") (local $turn i32)
    (loop $again
      (drop (call $random_bytes (i32.const 0) (i32.const 16)))
      (call $mix (i64.load (i32.const 0)))
      (drop (call $time_monotonic (i32.const 16)))
      (call $mix (i64.load (i32.const 16)))
      ;; Any two numbers, a NaN with any payload beside any number, infinities, a negative root.
      (call $nans (f64.load (i32.const 0)) (f64.load (i32.const 8)))
      (i64.store (i32.const 0) (i64.or (i64.load (i32.const 0)) (i64.const 0x7ff0000000000000)))
      (call $nans (f64.load (i32.const 0)) (f64.load (i32.const 8)))
      (call $nans (f64.load (i32.const 8)) (f64.load (i32.const 0)))
      (call $nans (f64.div (f64.load (i32.const 8)) (f64.convert_i32_u (i32.load (i32.const 4096)))) (f64.const inf))
      (call $nans (f64.const -inf) (f64.const inf))
      (local.set $turn (i32.add (local.get $turn) (i32.const 1)))
      (if (i32.eqz (i32.and (local.get $turn) (i32.const 255)))
        (then
          (call $print)
          (drop (call $trace_emit (i32.const 7) (local.get $turn) (i32.wrap_i64 (global.get $sum))))
          (drop (call $sched_yield))))
      (br_if $again (i32.lt_u (local.get $turn) (i32.const 4096))))))
