;; input, and its end, raise the console's port
;; A kernel sleeps for all its events together; what is typed must wake it.
;; @tests console_read evtchn_next
;; @cases good
;; @type "x" when "ready"
;; @end when "so far"
(func $test
  (call $tell "ready\n")
  (drop (call $sched_block))
  (call $expect "input" (abi Virq.Console) (call $evtchn_next))
  (call $expect "it is there" (i32.const 1) (call $console_read (i32.const 0) (i32.const 9) (abi NONBLOCK)))
  (call $tell "so far\n")
  (drop (call $sched_block))
  (call $expect "its end" (abi Virq.Console) (call $evtchn_next))
  (call $expect "it has ended" (i32.const 0) (call $console_read (i32.const 0) (i32.const 9) (abi NONBLOCK))))
