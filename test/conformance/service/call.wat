;; service_call hands over a request and gives the answer, of which it writes as much as fits
;; The guest sleeps meanwhile, wherever the service is at work. The whole length is told, so that a short buffer is noticed.
;; @tests service_call
;; @cases good twice
;; @service
;; @memory-pages 2
(memory 2)
(data (i32.const 0) "echo this")
(func $test
  (memory.fill (i32.const 0x100) (i32.const 0x5a) (i32.const 64))
  (call $expect "an answer" (i32.const 9) (call $call (i32.const 9) (i32.const 9)))
  (call $expect64 "its bytes" (i64.load (i32.const 0)) (i64.load (i32.const 0x100)))
  (call $expect "the byte behind" (i32.const 0x5a) (i32.load8_u (i32.const 0x109)))
  (call $expect "again, into more room" (i32.const 4) (call $call (i32.const 4) (i32.const 64)))
  (call $expect "what was there before is behind" (i32.const 0x20) (i32.load8_u (i32.const 0x104)))
  (memory.fill (i32.const 0x100) (i32.const 0x5a) (i32.const 64))
  (call $expect "less room than answer" (i32.const 9) (call $call (i32.const 9) (i32.const 2)))
  (call $expect "two bytes were written" (i32.const 0x5a5a6365) (i32.load (i32.const 0x100)))
  (call $expect "no room at all" (i32.const 9) (call $call (i32.const 9) (i32.const 0)))
  (i32.store8 (i32.const 0) (i32.const 0x6e))
  (call $expect "an empty answer" (i32.const 0) (call $call (i32.const 1) (i32.const 8)))
  (i32.store8 (i32.const 0) (i32.const 0x6c))
  (call $expect "an answer that takes its time" (i32.const 0) (call $call (i32.const 1) (i32.const 8)))
  (i32.store8 (i32.const 0) (i32.const 0x7a))
  (call $expect "the longest answer" (abi SERVICE_MAX_BYTES)
    (call $service_call (abi Service.Files)
      (i32.const 0) (abi SERVICE_MAX_BYTES) (i32.const 0x10000) (i32.const 0x10000)))
  (call $expect "its last byte" (i32.const 0) (i32.load8_u (i32.const 0x1ffff))))
(func $call (param $length i32) (param $room i32) (result i32)
  (call $service_call (abi Service.Files)
    (i32.const 0) (local.get $length) (i32.const 0x100) (local.get $room)))
