;; an upcall comes before sched_block returns
;; A guest that lets itself be interrupted sleeps for its handler's sake: when it goes on, the handler has run.
;; @tests sched_block upcall_unmask
;; @cases good
(global $upcalls (mut i32) (i32.const 0))
;; It arms the timer again: whenever the guest falls asleep, another upcall is to come.
(func (export "hv_upcall") (param $port i32)
  (global.set $upcalls (i32.add (global.get $upcalls) (i32.const 1)))
  (drop (call $timer_set (i64.const 0))))
(func $test
  (drop (call $timer_set (i64.const 0)))
  (call $expect "upcalls were masked" (i32.const 1) (call $upcall_unmask))
  (call $expect "it wakes" (i32.const 0) (call $sched_block))
  (call $expectThat "the handler ran" (i32.gt_u (global.get $upcalls) (i32.const 0)))
  (call $expect "the handler's port is no longer pending" (abi -Errno.Again) (call $evtchn_next))
  (call $expect "again" (i32.const 0) (call $sched_block)))
