;; Recurses until its stack account is spent, with frames of several shapes: where exactly, is the same everywhere.
(module
  (import "hv" "trace_emit" (func $trace_emit (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1 1)
  (func $odd (param $depth i32) (param $x f64) (result f64)
    (i32.store (i32.const 0) (local.get $depth))
    (if (i32.eqz (i32.and (local.get $depth) (i32.const 63)))
      (then (drop (call $trace_emit (i32.const 1) (local.get $depth) (i32.const 0)))))
    (f64.add (local.get $x) (call $even (i32.add (local.get $depth) (i32.const 1)) (i64.extend_i32_u (local.get $depth)) (local.get $x))))
  (func $even (param $depth i32) (param $wide i64) (param $x f64) (result f64) (local $kept i64)
    (local.set $kept (i64.add (local.get $wide) (i64.const 3)))
    (f64.mul (call $odd (i32.add (local.get $depth) (i32.const 1)) (f64.sqrt (local.get $x))) (f64.convert_i64_s (local.get $kept))))
  (func (export "hv_start") (drop (call $odd (i32.const 0) (f64.const 2)))))
