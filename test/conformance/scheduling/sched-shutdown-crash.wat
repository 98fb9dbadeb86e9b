;; sched_shutdown with reason Crash is a crash, with the code that the guest gave
;; Who looks after domains must be able to tell a guest that gave up from one that is done.
;; @tests sched_shutdown
;; @cases good
;; @ends crash 86
(func $test
  (call $tell "verdict: Success: done\n")
  (drop (call $sched_shutdown (abi ShutdownReason.Crash) (i32.const 86)))
  (call $tell "verdict: Failure: it went on\n"))
