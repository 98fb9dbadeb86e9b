;; start_info writes as much as fits and returns the whole length
;; A guest asks with no length how much there is, or gives what room it has: not one byte more may be written.
;; @tests start_info
;; @cases good twice
;; @command-line one two
;; @contexts 9
;; @memory-pages 3
(func $test (local $whole i32)
  (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const 256))
  ;; The name is the guest's: discovery/start-info, 20 bytes. The command line has 7.
  (local.set $whole (i32.add (abi START_INFO_BYTES) (i32.const 27)))
  (call $expect "no room: the length" (local.get $whole) (call $start_info (i32.const 0) (i32.const 0)))
  (call $expect "no room at the memory's very end" (local.get $whole)
    (call $start_info (i32.const 0x10000) (i32.const 0)))
  (call $expect "nothing was written" (i32.const 0x5a5a5a5a) (i32.load (i32.const 0)))
  (call $expect "room for 5 bytes" (local.get $whole) (call $start_info (i32.const 0) (i32.const 5)))
  (call $expect "the first field is whole" (abi ABI_VERSION) (i32.load (i32.const 0)))
  (call $expect "the sixth byte is as it was" (i32.const 0x5a) (i32.load8_u (i32.const 5)))
  (call $expect "more room than is needed" (local.get $whole) (call $start_info (i32.const 0) (i32.const 200)))
  (call $check)
  (call $expect "the byte behind is as it was" (i32.const 0x5a) (i32.load8_u (local.get $whole)))
  (call $expect "again" (local.get $whole) (call $start_info (i32.const 0) (i32.const 200)))
  (call $check)
  (call $expect "at an odd offset, to the last byte" (local.get $whole)
    (call $start_info (i32.sub (i32.const 0x10000) (local.get $whole)) (local.get $whole))))
(func $check
  (call $expect "version" (abi ABI_VERSION) (i32.load (abi StartInfo.Version)))
  (call $expect "number" (call $domain_id) (i32.load (abi StartInfo.DomainId)))
  (call $expect "vCPUs" (i32.const 1) (i32.load (abi StartInfo.Vcpus)))
  (call $expect "pages" (i32.const 3) (i32.load (abi StartInfo.MaximumPages)))
  (call $expect "contexts" (i32.const 9) (i32.load (abi StartInfo.ContextsMax)))
  (call $expect "length of the name" (i32.const 20) (i32.load (abi StartInfo.NameLength)))
  (call $expect "length of the command line" (i32.const 7) (i32.load (abi StartInfo.CommandLineLength)))
  (call $expect "the name begins" (i32.const 0x63736964) (i32.load (abi START_INFO_BYTES)))
  (call $expect "the name ends" (i32.const 0x6f666e69) (i32.load (i32.add (abi START_INFO_BYTES) (i32.const 16))))
  (call $expect "the command line begins" (i32.const 0x20656e6f)
    (i32.load (i32.add (abi START_INFO_BYTES) (i32.const 20)))))
