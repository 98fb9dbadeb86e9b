;; a guest above which there is no program is told so, whatever it asks
;; A kernel looks before it runs; the program's memory that is not there must not be anybody else's.
;; @tests program_run program_pages program_read program_write
;; @cases bad-handle twice
(func $test
  (i64.store (i32.const 0) (i64.const 0x5a5a5a5a5a5a5a5a))
  (call $expect "run" (abi -Errno.Noent) (call $program_run))
  (call $expect "run again" (abi -Errno.Noent) (call $program_run))
  (call $expect "pages" (abi -Errno.Noent) (call $program_pages))
  (call $expect "pages again" (abi -Errno.Noent) (call $program_pages))
  (call $refused (i32.const 0) (i32.const 0) (i32.const 8))
  (call $refused (i32.const 0) (i32.const 0) (i32.const 0))
  (call $refused (i32.const -1) (i32.const -1) (i32.const -1))
  (call $refused (i32.const 0x80000000) (i32.const 0x10000) (i32.const 1))
  (call $expect64 "nothing was read" (i64.const 0x5a5a5a5a5a5a5a5a) (i64.load (i32.const 0))))
(func $refused (param $programOffset i32) (param $offset i32) (param $length i32)
  (call $expect "read" (abi -Errno.Noent)
    (call $program_read (local.get $programOffset) (local.get $offset) (local.get $length)))
  (call $expect "write" (abi -Errno.Noent)
    (call $program_write (local.get $programOffset) (local.get $offset) (local.get $length))))
