;; vcpu_runstate refuses every offset where its accounts do not fit
;; It writes 48 bytes at once: all of them are checked, not the first alone.
;; @tests vcpu_runstate
;; @cases bad-pointer
;; @uses bad-ranges
(func $attempt (param $offset i32) (param $length i32) (result i32) (call $vcpu_runstate (local.get $offset)))
(func $test (call $refusesBadOffsets (abi RUNSTATE_BYTES)))
