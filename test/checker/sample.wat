;; A translated module by hand: a loop in a loop, recursion, an import, a closed and an open table.
(module
  (type $t0 (func (param i32 i32) (result i32)))
  (type $t1 (func (param i32 i32 i32) (result i32 i32)))
  (type $plain (func (param i32) (result i32)))
  (import "env" "next" (func $next (param i32 i32) (result i32 i32)))
  (import "wv" "budget" (global $budget (mut i32)))
  (import "wv" "stack" (global $stack (mut i32)))
  (import "wv" "instance" (global $instance i32))
  (import "wv" "memory" (memory 1))
  (import "wv" "suspend" (func $suspend (param i32) (result i32)))
  (import "wv" "peek" (func $peek (result i64)))
  (import "wv" "resume" (func $resume (result i32)))
  (import "wv" "handoff" (func $handoff (param i32)))
  (import "wv" "overflow" (func $overflow))
  (import "wv" "push1" (func $push1 (param i64)))
  (import "wv" "push2" (func $push2 (param i64 i64)))
  (import "wv" "pop1" (func $pop1 (result i64)))
  (import "wv" "pop2" (func $pop2 (result i64 i64)))
  (import "wv" "push_func" (func $push_func (param funcref)))
  (import "wv" "pop_func" (func $pop_func (result funcref)))
  (import "wv" "memory_grow" (func $memory_grow (param i32) (result i32)))
  (import "wv" "table_grow" (func $table_grow (param i32 i32) (result i32)))
  (table $closed 2 2 funcref)
  (table $open 4 funcref)
  (global $own (mut i32) (i32.const 0))
  (export "work" (func $work_w))
  (export "wv:t:work" (func $work))
  (export "wv:tab:1" (table $open))
  (export "wv:g:0" (global $own))
  (elem $members func $work $leaf)
  (elem declare func $work_w)

  ;; ---- helpers
  (func $save (param $v i32) (param $gid i32)
    (call $push2 (i64.extend_i32_u (local.get $v))
      (i64.or (i64.shl (i64.extend_i32_u (global.get $instance)) (i64.const 32))
              (i64.extend_i32_u (local.get $gid)))))
  (func $load (result i32) (local $v i64)
    (call $pop2) drop (local.set $v)
    (i32.wrap_i64 (local.get $v)))
  (func $gid (result i32) (local $p i64)
    (if (i64.lt_s (local.tee $p (call $peek)) (i64.const 0)) (then (return (i32.const -1))))
    (if (i32.ne (i32.wrap_i64 (i64.shr_u (local.get $p) (i64.const 32))) (global.get $instance))
      (then (unreachable)))
    (i32.wrap_i64 (local.get $p)))
  (func $plain_leaf (param $n i32) (result i32)
    (i32.mul (local.get $n) (i32.const 3)))

  ;; ---- work(n): two loops, a call in the outer one, itself; gids 1 entry, 2 outer, 3 inner, 4 site
  (func $work (param $n i32) (param $s i32) (param $b i32) (result i32 i32) (local $pc i32)
    (local.set $b (i32.sub (local.get $b) (i32.const 10)))
    (local.set $s (i32.sub (local.get $s) (i32.const 256)))
    block $stub_outer
      block $stub_inner
        block $enter_outer
          local.get $b
          local.get $s
          i32.or
          i32.const 0
          i32.lt_s
          if
            block $slow
              block $as_outer
                (br_table $as_outer $enter_outer $slow
                  (i32.sub (local.tee $pc (call $gid)) (i32.const 2)))
              end
              (local.set $n (call $load))
              (local.set $b (i32.add (call $resume) (i32.const 5)))
              br $enter_outer
            end
            (return_call $work_slow (local.get $n)
              (i32.add (local.get $s) (i32.const 256)) (local.get $b))
          end
        end
        loop $outer
          block $run_inner
            (local.set $b (i32.sub (local.get $b) (i32.const 5)))
            (if (i32.lt_s (local.get $b) (i32.const 0))
              (then
                (br_if $stub_outer (i32.ne (local.tee $pc (call $gid)) (i32.const 3)))
                (local.set $n (call $load))
                (local.set $b (i32.add (call $resume) (i32.const 3)))
                (br $run_inner)))
            ;; site: work(n)
            (call $work (local.get $n) (local.get $s) (local.get $b))
            (local.set $b)
            (local.set $n)
            (if (i32.lt_s (local.get $b) (i32.const 0))
              (then
                (call $save (local.get $n) (i32.const 4))
                (return (i32.const 0) (local.get $b))))
          end
          loop $inner
            (br_if $stub_inner (i32.lt_s
              (local.tee $b (i32.sub (local.get $b) (i32.const 3))) (i32.const 0)))
            (br_if $inner (local.tee $n (i32.sub (local.get $n) (i32.const 1))))
          end
          (br_if $outer (call $plain_leaf (local.get $n)))
        end
        (return (local.get $n) (local.get $b))
      end
      (call $save (local.get $n) (i32.const 3))
      (if (call $suspend (local.get $b))
        (then (return_call $work (i32.const 0) (i32.add (local.get $s) (i32.const 256)) (i32.const -1))))
      (return (i32.const 0) (local.get $b))
    end
    (call $save (local.get $n) (i32.const 2))
    (if (call $suspend (local.get $b))
      (then (return_call $work (i32.const 0) (i32.add (local.get $s) (i32.const 256)) (i32.const -1))))
    (i32.const 0) (local.get $b))

  (func $work_slow (param $n i32) (param $s i32) (param $b i32) (result i32 i32) (local $pc i32)
    (local.set $s (i32.sub (local.get $s) (i32.const 256)))
    (local.set $pc (call $gid))
    (if (i32.eq (local.get $pc) (i32.const -1))
      (then
        (if (i32.lt_s (local.get $s) (i32.const 0)) (then (call $overflow) (unreachable)))
        (call $save (local.get $n) (i32.const 1))
        (if (call $suspend (local.get $b))
          (then (return_call $work (i32.const 0) (i32.add (local.get $s) (i32.const 256)) (i32.const -1))))
        (return (i32.const 0) (local.get $b))))
    block $site
      block $entry
        block $bad
          (br_table $entry $bad $bad $site $bad (i32.sub (local.get $pc) (i32.const 1)))
        end
        unreachable
      end
      (call $load)
      (i32.add (local.get $s) (i32.const 256))
      (i32.add (call $resume) (i32.const 10))
      return_call $work
    end
    (local.set $n (call $load))
    (call $work (i32.const 0) (local.get $s) (i32.const -1))
    (local.set $b)
    (local.set $n)
    (if (i32.lt_s (local.get $b) (i32.const 0))
      (then
        (call $save (local.get $n) (i32.const 4))
        (return (i32.const 0) (local.get $b))))
    (call $save (local.get $n) (i32.const 3))
    (call $handoff (i32.sub (local.get $b) (i32.const 3)))
    (return_call $work (i32.const 0) (i32.add (local.get $s) (i32.const 256)) (i32.const -1)))

  ;; ---- a charged leaf in the closed table
  (func $leaf (param $n i32) (param $s i32) (param $b i32) (result i32 i32)
    (i32.add (local.get $n) (i32.const 1))
    (local.get $b))

  ;; ---- W(work), and code that calls through both tables, an import, and grows
  (func $work_w (param $n i32) (result i32) (local $b i32)
    (call $work (local.get $n) (global.get $stack) (global.get $budget))
    (global.set $budget (local.tee $b))
    (if (i32.lt_s (local.get $b) (i32.const 0))
      (then (call $push_func (ref.func $work_w)))))

  (func $calls (export "wv:t:calls") (param $n i32) (param $s i32) (param $b i32) (result i32 i32)
    (local.set $b (i32.sub (local.get $b) (i32.const 9)))
    (local.set $s (i32.sub (local.get $s) (i32.const 300)))
    (if (i32.lt_s (i32.or (local.get $b) (local.get $s)) (i32.const 0)) (then (unreachable)))
    (call_indirect $closed (type $t1) (local.get $n) (local.get $s) (local.get $b) (i32.const 1))
    (local.set $b)
    (local.set $n)
    (if (i32.lt_s (local.get $b) (i32.const 0))
      (then (call $save (local.get $n) (i32.const 8)) (return (i32.const 0) (local.get $b))))
    (global.set $budget (local.get $b))
    (global.set $stack (local.get $s))
    (call_indirect $open (type $plain) (local.get $n) (i32.const 1))
    (local.set $n)
    (local.set $b (global.get $budget))
    (if (i32.lt_s (local.get $b) (i32.const 0))
      (then (call $save (local.get $n) (i32.const 9)) (return (i32.const 0) (local.get $b))))
    (call $next (local.get $s) (local.get $b))
    (local.set $b)
    (local.set $n)
    (if (i32.lt_s (local.get $b) (i32.const 0))
      (then (call $save (local.get $n) (i32.const 10)) (return (i32.const 0) (local.get $b))))
    (drop (call $memory_grow (local.get $n)))
    (if (call $table_grow (i32.const 1) (local.get $n))
      (then (drop (table.grow $open (ref.null func) (local.get $n)))))
    (memory.copy (i32.const 0) (i32.const 64) (i32.const 32))
    (local.get $n)
    (local.get $b))

  (func (export "wv:init") 
    (table.init $closed $members (i32.const 0) (i32.const 0) (i32.const 2))
    (elem.drop $members))
)
