;; program_read and program_write copy between the two memories, and nothing beside the range
;; A system call's buffers lie in the program's memory: its kernel takes them from there and puts them there.
;; @tests program_read program_write
;; @cases good twice
(data (i32.const 0x100) "from the kernel")
(func $test
  (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const 64))
  (call $expect "nothing" (i32.const 0) (call $program_read (i32.const 0) (i32.const 0) (i32.const 0)))
  (call $expect "nothing, at both ends" (i32.const 0)
    (call $program_write (i32.const 0x10000) (i32.const 0x10000) (i32.const 0)))
  (call $expect "read" (i32.const 0) (call $program_read (i32.const 0x100) (i32.const 5) (i32.const 8)))
  (call $expect64 "its bytes" (i64.const 0x72702065687420) (i64.shr_u (i64.load (i32.const 4)) (i64.const 8)))
  (call $expect "the byte before" (i32.const 0x5a) (i32.load8_u (i32.const 4)))
  (call $expect "the byte behind" (i32.const 0x5a) (i32.load8_u (i32.const 13)))
  (call $expect "write, to its last bytes" (i32.const 0)
    (call $program_write (i32.const 0xfff1) (i32.const 0x100) (i32.const 15)))
  (call $expect "read them back" (i32.const 0) (call $program_read (i32.const 0xfff1) (i32.const 32) (i32.const 15)))
  (call $expect64 "the first" (i64.load (i32.const 0x100)) (i64.load (i32.const 32)))
  (call $expect64 "the last" (i64.load (i32.const 0x107)) (i64.load (i32.const 39)))
  (call $expect "again" (i32.const 0) (call $program_read (i32.const 0xfff1) (i32.const 32) (i32.const 15)))
  (call $expect "the byte before them" (i32.const 0)
    (call $program_read (i32.const 0xfff0) (i32.const 32) (i32.const 1)))
  (call $expect "is as it was" (i32.const 0) (i32.load8_u (i32.const 32))))
