;; a hypercall can be the entry point of a context
;; The type of context_switch is that of hv_context, so a guest may export the import itself: then it is entered by the
;; core with no function of the guest above it. What it returns is the context that goes on.
;; @tests context_switch context_create
;; @cases good
(export "hv_context" (func $context_switch))
(func $test (local $context i32)
  ;; It switches back to context 0, and ends there when it is switched to again: it returns 0.
  (local.set $context (call $context_create (i32.const 0) (i32.const 0)))
  (call $expect "switch to it" (i32.const 0) (call $context_switch (local.get $context)))
  (call $expect "and again: it returns and is gone" (i32.const 0) (call $context_switch (local.get $context)))
  (call $expect "it is gone" (abi -Errno.Noent) (call $context_switch (local.get $context))))
