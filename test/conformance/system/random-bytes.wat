;; random_bytes fills at most 256 bytes, others each time
;; Keys are made of them. A guest that wants more asks again, and must be told how many it got.
;; @tests random_bytes
;; @cases good twice
(func $test (local $i i32) (local $ones i32)
  (call $expect "none" (i32.const 0) (call $random_bytes (i32.const 0) (i32.const 0)))
  (call $expect "one" (i32.const 1) (call $random_bytes (i32.const 0x1000) (i32.const 1)))
  (memory.fill (i32.const 0) (i32.const 0) (i32.const 600))
  (call $expect "as many as asked for" (i32.const 13) (call $random_bytes (i32.const 3) (i32.const 13)))
  (call $expect "none before" (i32.const 0) (i32.and (i32.load (i32.const 0)) (i32.const 0xffffff)))
  (call $expect "none behind" (i32.const 0) (i32.load (i32.const 16)))
  (call $expect "more than it gives" (abi RANDOM_MAX_BYTES) (call $random_bytes (i32.const 0) (i32.const 600)))
  (call $expect "again" (abi RANDOM_MAX_BYTES) (call $random_bytes (i32.const 300) (i32.const 256)))
  (call $expect "none behind the 256" (i32.const 0) (i32.load (i32.const 256)))
  (call $expectThat "the two are not the same" (i64.ne (i64.load (i32.const 0)) (i64.load (i32.const 300))))
  ;; Of 2048 bits some 1024 are set; 22 is one deviation.
  (loop $next
    (local.set $ones (i32.add (local.get $ones) (i32.popcnt (i32.load8_u (local.get $i)))))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 256))))
  (call $expectThat "not far too few bits are set" (i32.gt_u (local.get $ones) (i32.const 800)))
  (call $expectThat "not far too many" (i32.lt_u (local.get $ones) (i32.const 1250)))
  (call $expect "at the memory's very end" (i32.const 8) (call $random_bytes (i32.const 0xfff8) (i32.const 8))))
