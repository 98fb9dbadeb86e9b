;; The stack-pointer global of one guest, for the core: a global can only be reached by a module that imports it.
(module
  (import "guest" "sp" (global $sp (mut i32)))
  (func (export "get") (result i32) (global.get $sp))
  (func (export "set") (param $value i32) (global.set $sp (local.get $value))))
