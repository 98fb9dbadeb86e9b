;; random_bytes refuses every range that does not lie in the memory
;; Also when only its first 256 bytes would be filled: the whole range is checked.
;; @tests random_bytes
;; @cases bad-pointer
;; @uses bad-ranges
(func $attempt (param $offset i32) (param $length i32) (result i32)
  (call $random_bytes (local.get $offset) (local.get $length)))
(func $test (call $refusesBadRanges))
