;; Extended constant expressions: in globals, and in the offsets of segments that move into the init function.

(module $G
  (global (export "four") i32 (i32.const 4))
  (global (export "big") i64 (i64.const 0x100000000)))
(register "G" $G)

(module
  (import "G" "four" (global $four i32))
  (import "G" "big" (global $big i64))
  (import "spectest" "global_i32" (global $g i32))
  (memory 1)
  (table $t 32 funcref)
  (global $a i32 (i32.add (i32.mul (global.get $four) (i32.const 5)) (i32.sub (i32.const 1) (i32.const 3))))
  (global $b (mut i64) (i64.sub (i64.mul (global.get $big) (i64.const 3)) (i64.add (i64.const 7) (i64.const 8))))
  (global $c (mut i32) (i32.sub (global.get $g) (i32.const 666)))
  (data (i32.add (i32.const 60) (global.get $four)) "\2a\00\00\00")
  (data (i32.mul (i32.add (global.get $four) (i32.const 1)) (i32.const 20)) "\07")
  (elem (table $t) (offset (i32.sub (i32.const 13) (global.get $four))) func $f $h)
  (func $f (result i32) (i32.const 900))
  (func $h (result i32) (i32.const 901))
  (func (export "a") (result i32) (global.get $a))
  (func (export "b") (result i64) (global.get $b))
  (func (export "c") (result i32) (global.get $c))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0))))
(assert_return (invoke "a") (i32.const 18))
(assert_return (invoke "b") (i64.const 0x2fffffff1))
(assert_return (invoke "c") (i32.const 0))
(assert_return (invoke "load" (i32.const 64)) (i32.const 42))
(assert_return (invoke "load" (i32.const 100)) (i32.const 7))
(assert_return (invoke "call" (i32.const 9)) (i32.const 900))
(assert_return (invoke "call" (i32.const 10)) (i32.const 901))
(assert_trap (invoke "call" (i32.const 8)) "uninitialized element")

(assert_trap
  (module (import "G" "four" (global $four i32)) (memory 1)
    (data (i32.mul (global.get $four) (i32.const 16384)) "x"))
  "out of bounds memory access")
(assert_trap
  (module (import "G" "four" (global $four i32)) (table 4 funcref)
    (elem (i32.add (global.get $four) (i32.const 0)) $f) (func $f))
  "out of bounds table access")
