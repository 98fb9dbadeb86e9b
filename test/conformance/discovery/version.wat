;; version tells major and minor, the same each time
;; A guest decides by it, once, what it can use. A kernel that asks twice must not see another machine.
;; @tests version
;; @cases good twice
(func $test
  (call $expect "the version of this interface" (abi ABI_VERSION) (call $version))
  (call $expect "again" (abi ABI_VERSION) (call $version)))
