;; upcall_mask and upcall_unmask tell what was before, twice in a row too
;; Code that masks for a while puts back what it found: nested sections depend on the answer.
;; @tests upcall_mask upcall_unmask
;; @cases good twice
(func (export "hv_upcall") (param $port i32))
(func $test
  (call $expect "masked at first" (i32.const 1) (call $upcall_mask))
  (call $expect "masked by that" (i32.const 1) (call $upcall_mask))
  (call $expect "unmask: it was" (i32.const 1) (call $upcall_unmask))
  (call $expect "unmask again: it was not" (i32.const 0) (call $upcall_unmask))
  (call $expect "mask: it was not" (i32.const 0) (call $upcall_mask))
  (call $expect "mask again: it was" (i32.const 1) (call $upcall_mask)))
