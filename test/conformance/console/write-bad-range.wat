;; console_write refuses every range that does not lie in the memory
;; It reads: past the check it would print what belongs to others.
;; @tests console_write
;; @cases bad-pointer twice
;; @uses bad-ranges
(func $attempt (param $offset i32) (param $length i32) (result i32)
  (call $console_write (local.get $offset) (local.get $length)))
(func $test (call $refusesBadRanges) (call $refusesBadRanges))
