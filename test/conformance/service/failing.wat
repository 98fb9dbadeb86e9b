;; a service that fails is Io, and the next call is served
;; An error of the host's must not end the guest, nor leave it waiting.
;; @tests service_call
;; @cases bad-value twice
;; @service
(data (i32.const 0) "?n")
(func $test
  (i32.store (i32.const 0x100) (i32.const 0x5a5a5a5a))
  (call $expect "it fails" (abi -Errno.Io) (call $call (i32.const 0)))
  (call $expect "again" (abi -Errno.Io) (call $call (i32.const 0)))
  (call $expect "nothing was written" (i32.const 0x5a5a5a5a) (i32.load (i32.const 0x100)))
  (call $expect "the next one" (i32.const 0) (call $call (i32.const 1))))
(func $call (param $request i32) (result i32)
  (call $service_call (abi Service.Files) (local.get $request) (i32.const 1) (i32.const 0x100) (i32.const 4)))
