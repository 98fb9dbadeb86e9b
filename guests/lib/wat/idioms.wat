;; What guests in WebAssembly text often need, to be copied from: a text on the console, a number, time, sleep, an upcall, an end
;; with a code. A guest of its own: `wv run guests/lib/wat/idioms.wat`. All imports stand in hv.wat.
(module
  (import "hv" "console_write" (func $console_write (param $offset i32) (param $length i32) (result i32)))
  (import "hv" "time_monotonic" (func $time_monotonic (param $offset i32) (result i32)))
  (import "hv" "timer_set" (func $timer_set (param $deadline_ns i64) (result i32)))
  (import "hv" "sched_block" (func $sched_block (result i32)))
  (import "hv" "sched_shutdown" (func $sched_shutdown (param $reason i32) (param $code i32) (result i32)))
  (import "hv" "evtchn_next" (func $evtchn_next (result i32)))
  (import "hv" "upcall_mask" (func $upcall_mask (result i32)))
  (import "hv" "upcall_unmask" (func $upcall_unmask (result i32)))

  ;; 0: what time_monotonic writes; 8 to 31: digits, from their end; 32 and up: texts
  (memory (export "memory") 1)
  (data (i32.const 32) "slept until ")
  (data (i32.const 48) " ms\n")
  (data (i32.const 56) "interrupted\n")
  (global $interrupted (mut i32) (i32.const 0))

  (func (export "hv_start")
    (call $sleep_until (i64.const 20000000))
    (call $print (i32.const 32) (i32.const 12))
    (call $print_decimal (i64.div_u (call $now) (i64.const 1000000)))
    (call $print (i32.const 48) (i32.const 4))

    ;; An endless loop that only an upcall ends.
    (drop (call $timer_set (i64.const 25000000)))
    (drop (call $upcall_unmask))
    (loop $again (br_if $again (i32.eqz (global.get $interrupted))))
    (drop (call $upcall_mask))
    (call $print (i32.const 56) (i32.const 12))

    ;; Reason 0 is Poweroff. Returning from hv_start is the same with code 0.
    (drop (call $sched_shutdown (i32.const 0) (i32.const 3))))

  ;; Port 0 is the timer.
  (func (export "hv_upcall") (param $port i32)
    (if (i32.eqz (local.get $port)) (then (global.set $interrupted (i32.const 1)))))

  ;; A write takes what there is room for, at least one byte: go on with the rest.
  (func $print (param $offset i32) (param $length i32)
    (local $taken i32)
    (loop $rest
      (if (i32.eqz (local.get $length)) (then (return)))
      (local.set $taken (call $console_write (local.get $offset) (local.get $length)))
      (if (i32.lt_s (local.get $taken) (i32.const 0)) (then (return)))
      (local.set $offset (i32.add (local.get $offset) (local.get $taken)))
      (local.set $length (i32.sub (local.get $length) (local.get $taken)))
      (br $rest)))

  (func $print_decimal (param $value i64)
    (local $at i32)
    (local.set $at (i32.const 32))
    (loop $digit
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i64.store8 (local.get $at) (i64.add (i64.const 48) (i64.rem_u (local.get $value) (i64.const 10))))
      (local.set $value (i64.div_u (local.get $value) (i64.const 10)))
      (br_if $digit (i64.ne (local.get $value) (i64.const 0))))
    (call $print (local.get $at) (i32.sub (i32.const 32) (local.get $at))))

  ;; ns since the domain was created
  (func $now (result i64)
    (drop (call $time_monotonic (i32.const 0)))
    (i64.load (i32.const 0)))

  ;; Sleeps until a time of $now. Other ports that become pending meanwhile are forgotten.
  (func $sleep_until (param $deadline_ns i64)
    (loop $wait
      (if (i64.ge_u (call $now) (local.get $deadline_ns)) (then (return)))
      (drop (call $timer_set (local.get $deadline_ns)))
      (drop (call $sched_block))
      (loop $take (br_if $take (i32.ge_s (call $evtchn_next) (i32.const 0))))
      (br $wait))))
