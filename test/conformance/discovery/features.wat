;; features gives no bit that nobody has named
;; Later versions will use the bits and words that are free today. A guest that tests one of them must find 0 here,
;; not an error that it would take for set bits.
;; @tests features
;; @cases bad-value good twice
(func $test
  (call $expect "word 1" (i32.const 0) (call $features (i32.const 1)))
  (call $expect "word 31" (i32.const 0) (call $features (i32.const 31)))
  (call $expect "word 2^31" (i32.const 0) (call $features (i32.const 0x80000000)))
  (call $expect "word 2^32 - 1" (i32.const 0) (call $features (i32.const -1)))
  (call $expect "contexts and upcalls are there"
    (i32.or (abi Feature.Contexts) (abi Feature.Upcalls))
    (i32.and (call $features (i32.const 0)) (i32.or (abi Feature.Contexts) (abi Feature.Upcalls))))
  (call $expect "no other bit than the named ones"
    (i32.const 0)
    (i32.and (call $features (i32.const 0))
      (i32.xor (i32.const -1)
        (i32.or (abi Feature.Deterministic) (i32.or (abi Feature.Contexts) (abi Feature.Upcalls))))))
  (call $expect "again" (call $features (i32.const 0)) (call $features (i32.const 0))))
