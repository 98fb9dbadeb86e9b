;; an upcall interrupts a console_read that waits, and the read goes on waiting
;; The handler's own hypercalls run above the sleeping one: its arguments must survive them.
;; @tests console_read upcall_unmask
;; @cases good
;; @type "abc" when "ticked"
(global $ticks (mut i32) (i32.const 0))
(func (export "hv_upcall") (param $port i32)
  (if (i32.ne (local.get $port) (abi Virq.Timer)) (then (return)))
  (global.set $ticks (i32.add (global.get $ticks) (i32.const 1)))
  (if (i32.eq (global.get $ticks) (i32.const 3))
    (then (call $tell "ticked\n"))
    (else (drop (call $timer_set (i64.const 0))))))
(func $test
  (drop (call $timer_set (i64.const 0)))
  (drop (call $upcall_unmask))
  (call $expect "it read in the end" (i32.const 3)
    (call $console_read (i32.const 0x123) (i32.const 7) (i32.const 0)))
  (call $expect "three upcalls came before" (i32.const 3) (global.get $ticks))
  (call $expect "into the right place" (i32.const 0x00636261) (i32.load (i32.const 0x123))))
