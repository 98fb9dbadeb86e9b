;; the module's start function may make any hypercall
;; Constructors of C++ and AssemblyScript's top level run there. It is an activation like hv_start, which follows it.
;; @tests sched_yield console_write timer_set evtchn_next
;; @cases good
(start $begin)
(global $result (mut i32) (i32.const 99))
(func $begin
  (call $tell "begun\n")
  (drop (call $timer_set (i64.const 0)))
  (drop (call $sched_yield))
  (drop (call $sched_block))
  (global.set $result (call $evtchn_next)))
(func $test
  (call $expect "the timer expired in the start function" (abi Virq.Timer) (global.get $result))
  (call $expect "it was taken there" (abi -Errno.Again) (call $evtchn_next)))
