;; domain_id is the number that the start information tells
;; Two ways to the same identity must agree, else guests that compare numbers meet strangers.
;; @tests domain_id
;; @cases good twice
(func $test
  (drop (call $start_info (i32.const 0x100) (i32.const 64)))
  (call $expect "as in the start information" (i32.load (i32.const 0x104)) (call $domain_id))
  (call $expect "again" (i32.load (i32.const 0x104)) (call $domain_id))
  (call $expectThat "numbers of domains begin at 1" (i32.gt_s (call $domain_id) (i32.const 0))))
