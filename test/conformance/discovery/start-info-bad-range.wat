;; start_info refuses every range that does not lie in the memory
;; It writes what the host chose (name, command line): written past a check, it would be a way to write into memory
;; that is not the guest's.
;; @tests start_info
;; @cases bad-pointer
;; @uses bad-ranges
(func $attempt (param $offset i32) (param $length i32) (result i32)
  (call $start_info (local.get $offset) (local.get $length)))
(func $test (call $refusesBadRanges))
