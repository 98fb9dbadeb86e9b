;; time_monotonic refuses every offset where 8 bytes do not fit
;; The time is written by the guest's own accessor, which would trap: an errno has to come first.
;; @tests time_monotonic
;; @cases bad-pointer
;; @uses bad-ranges
(func $attempt (param $offset i32) (param $length i32) (result i32) (call $time_monotonic (local.get $offset)))
(func $test (call $refusesBadOffsets (i32.const 8)))
