;; service_call refuses bad ranges, of the request and of the reply, before anything else
;; A reply that fits nowhere must be refused when it is asked for: the service has acted when it is written.
;; @tests service_call
;; @cases bad-pointer twice
;; @uses bad-ranges
(global $reply (mut i32) (i32.const 0))
(func $attempt (param $offset i32) (param $length i32) (result i32)
  (if (result i32) (global.get $reply)
    (then
      (call $service_call (abi Service.Files) (i32.const 0) (i32.const 8) (local.get $offset) (local.get $length)))
    (else
      (call $service_call (abi Service.Files) (local.get $offset) (local.get $length) (i32.const 0) (i32.const 8)))))
(func $test
  (call $refusesBadRanges)
  (global.set $reply (i32.const 1))
  (call $refusesBadRanges))
