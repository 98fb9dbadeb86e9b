;; context_create in a module without hv_context is Nosys
;; There is nothing that the context could begin with; that must be found when it is made, not when it first runs.
;; @tests context_create
;; @cases bad-value twice
(func $test
  (call $expect "no entry point" (abi -Errno.Nosys) (call $context_create (i32.const 0) (i32.const 0)))
  (call $expect "again" (abi -Errno.Nosys) (call $context_create (i32.const -1) (i32.const -1)))
  (call $expect "there is no context 1" (abi -Errno.Noent) (call $context_switch (i32.const 1))))
