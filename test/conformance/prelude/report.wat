;; Verdicts, told on the console: each a line `verdict: VERDICT: TEXT`. The last one, `verdict: Success: done`, says that
;; the guest came to its end; the domain then powers off with the worst verdict as its code
;; (0 Success, 1 Skip, 2 Error, 3 Failure).
;;
;; Memory from 0xc000 to 0xffff is the prelude's: strings, then 0xff00 to 0xff80 for text that is being made.

(global $worst (mut i32) (i32.const 0))

(func (export "hv_start")
  (call $test)
  (call $finish))

;; Ends the test here.
(func $finish
  (call $tell "verdict: Success: done\n")
  (drop (call $sched_shutdown (abi ShutdownReason.Poweroff) (global.get $worst))))

;; A Failure unless `got` is `expected`.
(func $expect (param $text i32) (param $length i32) (param $expected i32) (param $got i32)
  (call $expect64 (local.get $text) (local.get $length)
    (i64.extend_i32_s (local.get $expected)) (i64.extend_i32_s (local.get $got))))

(func $expect64 (param $text i32) (param $length i32) (param $expected i64) (param $got i64)
  (if (i64.eq (local.get $expected) (local.get $got)) (then (return)))
  (call $judge (i32.const 3))
  (call $tell "verdict: Failure: ")
  (call $say (local.get $text) (local.get $length))
  (call $tell ": expected ")
  (call $sayNumber (local.get $expected))
  (call $tell ", got ")
  (call $sayNumber (local.get $got))
  (call $tell "\n"))

;; A Failure unless `holds`.
(func $expectThat (param $text i32) (param $length i32) (param $holds i32)
  (if (local.get $holds) (then (return)))
  (call $judge (i32.const 3))
  (call $tell "verdict: Failure: ")
  (call $say (local.get $text) (local.get $length))
  (call $tell "\n"))

;; The test itself is wrong unless `holds`: what it needs to judge is not there.
(func $require (param $text i32) (param $length i32) (param $holds i32)
  (if (local.get $holds) (then (return)))
  (call $judge (i32.const 2))
  (call $tell "verdict: Error: ")
  (call $say (local.get $text) (local.get $length))
  (call $tell "\n")
  (call $finish))

;; What is tested does not exist here; ends the test.
(func $skip (param $text i32) (param $length i32)
  (call $judge (i32.const 1))
  (call $tell "verdict: Skip: ")
  (call $say (local.get $text) (local.get $length))
  (call $tell "\n")
  (call $finish))

(func $judge (param $verdict i32)
  (if (i32.gt_u (local.get $verdict) (global.get $worst)) (then (global.set $worst (local.get $verdict)))))

;; Writes all of a range. When that fails nothing can be told but by the code.
(func $say (param $text i32) (param $length i32) (local $written i32)
  (loop $more
    (if (i32.eqz (local.get $length)) (then (return)))
    (local.set $written (call $console_write (local.get $text) (local.get $length)))
    (if (i32.le_s (local.get $written) (i32.const 0))
      (then (drop (call $sched_shutdown (abi ShutdownReason.Poweroff) (i32.const 3)))))
    (local.set $text (i32.add (local.get $text) (local.get $written)))
    (local.set $length (i32.sub (local.get $length) (local.get $written)))
    (br $more)))

(func $sayNumber (param $number i64) (local $at i32)
  (if (i64.lt_s (local.get $number) (i64.const 0))
    (then
      (call $tell "-")
      (local.set $number (i64.sub (i64.const 0) (local.get $number)))))
  (local.set $at (i32.const 0xff40))
  (loop $digits
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $number) (i64.const 10)))))
    (local.set $number (i64.div_u (local.get $number) (i64.const 10)))
    (br_if $digits (i64.ne (local.get $number) (i64.const 0))))
  (call $say (local.get $at) (i32.sub (i32.const 0xff40) (local.get $at))))
