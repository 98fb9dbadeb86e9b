;; program_run is there by its name alone
;; Its entry calls the program itself, on the caller's stack. A caller by number must not see what only that entry can
;; use: it is told that there is no such number.
;; @tests hypercall program_run
;; @cases bad-value
(func $test
  (call $expect "by name" (abi -Errno.Noent) (call $program_run))
  (call $expect "by number" (abi -Errno.Nosys)
    (call $hypercall (abi Hypercall.ProgramRun)
      (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))))
