;; console_read returns 0 at the end of input, again and again
;; What was typed before comes first. A reader in a loop must see the end each time, not sleep for ever.
;; @tests console_read
;; @cases good twice
;; @type "last" when "ready"
;; @end when "ready"
(func $test
  (call $tell "ready\n")
  (call $expect "what came before the end" (i32.const 4) (call $read (i32.const 0)))
  (call $expect "the end" (i32.const 0) (call $read (i32.const 0)))
  (call $expect "again" (i32.const 0) (call $read (i32.const 0)))
  (call $expect "the end, without waiting" (i32.const 0) (call $read (abi NONBLOCK))))
(func $read (param $flags i32) (result i32)
  (call $console_read (i32.const 0) (i32.const 16) (local.get $flags)))
