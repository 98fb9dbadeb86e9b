;; program_pages follows the program's growth, which the reservation of both bounds
;; What the program takes is the domain's: a guest that could not see it could not plan its own.
;; @tests program_pages program_run
;; @cases good twice
;; @memory-pages 4
(memory 2)
(func $test
  (call $expect "at first" (i32.const 1) (call $program_pages))
  ;; The program grows by one page, then tries one more than the reservation has.
  (call $expect "it runs" (i32.const 0) (call $program_run))
  (call $expect "one page more" (i32.const 2) (call $program_pages))
  (call $expect "again" (i32.const 2) (call $program_pages))
  (call $expect "the reservation is used up" (i32.const -1) (memory.grow (i32.const 1))))
