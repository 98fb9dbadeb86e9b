;; sched_shutdown ends the domain deep inside calls, and tells its code
;; It must not return: what a program does after its exit is not written for being executed.
;; @tests sched_shutdown
;; @cases good
;; @ends poweroff -7
(func $deep (param $depth i32)
  (if (local.get $depth)
    (then (call $deep (i32.sub (local.get $depth) (i32.const 1))))
    (else
      (call $tell "verdict: Success: done\n")
      (drop (call $sched_shutdown (abi ShutdownReason.Poweroff) (i32.const -7)))))
  (call $tell "verdict: Failure: it went on\n"))
(func $test (call $deep (i32.const 100)))
