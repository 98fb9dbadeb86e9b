;; Sleeps until something is typed, and answers with the same bytes.
(module
  (import "hv" "console_read" (func $console_read (param i32 i32 i32) (result i32)))
  (import "hv" "console_write" (func $console_write (param i32 i32) (result i32)))
  (import "hv" "evtchn_next" (func $evtchn_next (result i32)))
  (import "hv" "sched_block" (func $sched_block (result i32)))
  (memory (export "memory") 1 1)
  (func (export "hv_start")
    (local $length i32)
    (loop $forever
      (drop (call $sched_block))
      (drop (call $evtchn_next))
      (loop $more
        (local.set $length (call $console_read (i32.const 16) (i32.const 4096) (i32.const 1)))
        (if (i32.gt_s (local.get $length) (i32.const 0))
          (then
            (drop (call $console_write (i32.const 16) (local.get $length)))
            (br $more))))
      (br $forever))))
