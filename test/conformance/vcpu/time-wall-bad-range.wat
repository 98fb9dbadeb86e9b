;; time_wall refuses every offset where 8 bytes do not fit
;; The time is written by the guest's own accessor, which would trap: an errno has to come first.
;; @tests time_wall
;; @cases bad-pointer
;; @uses bad-ranges
(func $attempt (param $offset i32) (param $length i32) (result i32) (call $time_wall (local.get $offset)))
(func $test (call $refusesBadOffsets (i32.const 8)))
