;; a service that the domain was not given is Noent, whatever its number
;; Services reach out of the machine: a guest has those that it was given and no other.
;; @tests service_call
;; @cases bad-value twice
(func $test (local $service i32)
  (loop $next
    (call $refused (local.get $service))
    (br_if $next (i32.lt_u (local.tee $service (i32.add (local.get $service) (i32.const 1))) (i32.const 80))))
  (call $refused (abi Service.Files))
  (call $refused (i32.const 0x7fffffff))
  (call $refused (i32.const 0x80000000))
  (call $refused (i32.const 0x80000001))
  (call $refused (i32.const -1)))
(func $refused (param $service i32)
  (call $expect "not given" (abi -Errno.Noent)
    (call $service_call (local.get $service) (i32.const 0) (i32.const 8) (i32.const 64) (i32.const 8))))
