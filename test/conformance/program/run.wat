;; program_run runs the program above the guest, whose calls come back into it, and returns 0
;; The program's frames lie between the guest's own: when the guest is stopped inside a call of the program's, all of them
;; have to come back. Its memory and globals stay as they are from one run to the next.
;; @tests program_run
;; @cases good twice
(global $calls (mut i32) (i32.const 0))
;; What the program calls; between its frames and the core.
(func (export "sched_yield") (result i32) (local $kept i64)
  (local.set $kept (i64.const 0x0123456789abcdef))
  (drop (call $sched_yield))
  (call $expect64 "locals below the program's call" (i64.const 0x0123456789abcdef) (local.get $kept))
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (global.get $calls))
(func $test (local $kept i64)
  (local.set $kept (i64.const 0x1122334455667788))
  (call $expect "it has a page" (i32.const 1) (call $program_pages))
  (call $expect "it runs" (i32.const 0) (call $program_run))
  (call $expect "it called ten times" (i32.const 10) (global.get $calls))
  (call $expect64 "locals above the program" (i64.const 0x1122334455667788) (local.get $kept))
  (drop (call $program_read (i32.const 16) (i32.const 0) (i32.const 4)))
  (call $expect "the sum of what its calls returned" (i32.const 55) (i32.load (i32.const 0)))
  (call $expect "it runs again" (i32.const 0) (call $program_run))
  (call $expect "ten times more" (i32.const 20) (global.get $calls))
  (drop (call $program_read (i32.const 16) (i32.const 0) (i32.const 4)))
  (call $expect "its memory was as it left it" (i32.const 210) (i32.load (i32.const 0))))
