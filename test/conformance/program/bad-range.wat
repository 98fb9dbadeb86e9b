;; program_read and program_write refuse ranges that do not lie in both memories
;; Two memories, two sizes: each end is checked with its own.
;; @tests program_read program_write
;; @cases bad-pointer twice
;; @uses bad-ranges
(global $way (mut i32) (i32.const 0))
(func $attempt (param $offset i32) (param $length i32) (result i32)
  (block $writeOwn (block $writeProgram (block $readOwn (block $readProgram
    (br_table $readProgram $readOwn $writeProgram $writeOwn (global.get $way)))
    (return (call $program_read (local.get $offset) (i32.const 0) (local.get $length))))
    (return (call $program_read (i32.const 0) (local.get $offset) (local.get $length))))
    (return (call $program_write (local.get $offset) (i32.const 0) (local.get $length))))
  (call $program_write (i32.const 0) (local.get $offset) (local.get $length)))
(func $test
  (loop $next
    (call $refusesBadRanges)
    (global.set $way (i32.add (global.get $way) (i32.const 1)))
    (br_if $next (i32.lt_u (global.get $way) (i32.const 4))))
  ;; The program's memory is as it was.
  (drop (call $program_read (i32.const 0) (i32.const 8) (i32.const 8)))
  (call $expect64 "its first bytes" (i64.const 0) (i64.load (i32.const 8))))
