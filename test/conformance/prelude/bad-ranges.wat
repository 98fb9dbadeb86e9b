;; Ranges that no hypercall may accept, for tests with a memory of one page. A test has
;;   (func $attempt (param $offset i32) (param $length i32) (result i32))
;; that makes the hypercall, with the length left out where it is fixed. Before and after, the last 64 bytes of the
;; memory are compared: a refused hypercall has changed nothing.

;; Ranges of any length.
(func $refusesBadRanges
  (call $mark)
  (call $refusesRange "one byte behind the end" (i32.const 0x10000) (i32.const 1))
  (call $refusesRange "the last byte and one more" (i32.const 0xffff) (i32.const 2))
  (call $refusesRange "all of the memory and one byte" (i32.const 0) (i32.const 0x10001))
  (call $refusesRange "an offset behind the end, no length" (i32.const 0x10001) (i32.const 0))
  (call $refusesRange "the last offset there is" (i32.const -1) (i32.const 1))
  (call $refusesRange "the largest length" (i32.const 0) (i32.const -1))
  (call $refusesRange "the largest length from 1 on, ending at 2^32" (i32.const 1) (i32.const -1))
  (call $refusesRange "the largest length, ending behind 2^32 at 0" (i32.const 2) (i32.const -2))
  (call $refusesRange "offset and length wrap around to the memory" (i32.const 0xffffff00) (i32.const 0x200))
  (call $refusesRange "both 2^31, which add up to 0" (i32.const 0x80000000) (i32.const 0x80000000))
  (call $refusesRange "both as large as can be" (i32.const -1) (i32.const -1))
  (call $unmarked))

;; Offsets of a range of `length` bytes: each one from the first that does not fit to the memory's end, then far ones.
(func $refusesBadOffsets (param $length i32) (local $offset i32)
  (call $mark)
  (local.set $offset (i32.sub (i32.const 0x10001) (local.get $length)))
  (loop $next
    (call $refusesRange "an offset too near to the end" (local.get $offset) (local.get $length))
    (br_if $next (i32.le_u (local.tee $offset (i32.add (local.get $offset) (i32.const 1))) (i32.const 0x10001))))
  (call $refusesRange "2^31" (i32.const 0x80000000) (local.get $length))
  (call $refusesRange "so far that the end is 2^32" (i32.sub (i32.const 0) (local.get $length)) (local.get $length))
  (call $refusesRange "the last offset there is" (i32.const -1) (local.get $length))
  (call $unmarked))

(func $refusesRange (param $text i32) (param $textLength i32) (param $offset i32) (param $length i32)
  (call $expect (local.get $text) (local.get $textLength)
    (abi -Errno.Fault) (call $attempt (local.get $offset) (local.get $length))))

(func $mark
  (i64.store (i32.const 0) (i64.const 0x5a5a5a5a5a5a5a5a))
  (memory.fill (i32.const 0xffc0) (i32.const 0x5a) (i32.const 64)))

(func $unmarked (local $at i32)
  (call $expect64 "the first bytes are as before" (i64.const 0x5a5a5a5a5a5a5a5a) (i64.load (i32.const 0)))
  (local.set $at (i32.const 0xffc0))
  (loop $next
    (call $expect "the last bytes are as before" (i32.const 0x5a) (i32.load8_u (local.get $at)))
    (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 0x10000)))))
