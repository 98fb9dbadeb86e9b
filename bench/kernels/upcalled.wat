;; Spins with its upcalls allowed; an upcall does nothing.
(module
  (import "hv" "upcall_unmask" (func $upcall_unmask (result i32)))
  (func (export "hv_upcall") (param $port i32))
  (func (export "hv_start")
    (drop (call $upcall_unmask))
    (loop $forever (br $forever))))
