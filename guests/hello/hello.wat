;; Prints a line and powers off with code 0.
(module
  (import "hv" "console_write" (func $console_write (param $offset i32) (param $length i32) (result i32)))
  (memory (export "memory") 1 1)
  (data (i32.const 16) "Hello from a guest in WebAssembly text.\n")

  ;; The entry point. When it returns, the domain powers off with code 0.
  (func (export "hv_start")
    (call $print (i32.const 16) (i32.const 40)))

  ;; A write takes what there is room for, at least one byte: go on with the rest.
  (func $print (param $offset i32) (param $length i32)
    (local $taken i32)
    (loop $rest
      (if (i32.eqz (local.get $length)) (then (return)))
      (local.set $taken (call $console_write (local.get $offset) (local.get $length)))
      (if (i32.lt_s (local.get $taken) (i32.const 0)) (then (return)))  ;; a negative errno: nobody to tell
      (local.set $offset (i32.add (local.get $offset) (local.get $taken)))
      (local.set $length (i32.sub (local.get $length) (local.get $taken)))
      (br $rest))))
