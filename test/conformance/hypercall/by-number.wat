;; a hypercall by its number does what it does by its name
;; The generic entry takes 64 bits for each argument; what it does with them, and how it suspends, must be the same.
;; @tests hypercall
;; @cases good twice bad-pointer
(func $test
  (call $expect "version" (call $version) (call $call (abi Hypercall.Version) (i64.const 0) (i64.const 0)))
  (call $expect "a bad range" (abi -Errno.Fault)
    (call $call (abi Hypercall.ConsoleWrite) (i64.const 0xffff) (i64.const 2)))
  (call $expect "a bad value" (abi -Errno.Inval)
    (call $call (abi Hypercall.MemoryReservation) (i64.const 7) (i64.const 0)))
  (i32.store (i32.const 0) (i32.const 0x0a6b6f))
  (call $expect "a write" (i32.const 3) (call $call (abi Hypercall.ConsoleWrite) (i64.const 0) (i64.const 3)))
  (call $expect "one that suspends" (i32.const 0)
    (call $call (abi Hypercall.SchedYield) (i64.const 0) (i64.const 0)))
  (call $expect "again" (i32.const 0) (call $call (abi Hypercall.SchedYield) (i64.const 0) (i64.const 0)))
  (call $expect "a timer for a time in 64 bits" (i32.const 0)
    (call $call (abi Hypercall.TimerSet) (i64.const 0x7fffffffffffffff) (i64.const 0)))
  (call $expect "it did not expire" (abi -Errno.Again)
    (call $call (abi Hypercall.EvtchnNext) (i64.const 0) (i64.const 0))))
(func $call (param $number i32) (param $a i64) (param $b i64) (result i32)
  (call $hypercall (local.get $number) (local.get $a) (local.get $b) (i64.const 0) (i64.const 0) (i64.const 0)))
