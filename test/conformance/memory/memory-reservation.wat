;; memory_reservation tells the size and the bound that memory.grow obeys
;; A guest plans its heap by it: growth within the bound is granted, growth past it changes nothing.
;; @tests memory_reservation
;; @cases good twice
;; @memory-pages 5
(memory 2)
(func $test
  (call $expect "pages now" (i32.const 2) (call $memory_reservation (abi Reservation.Current)))
  (call $expect "again" (i32.const 2) (call $memory_reservation (abi Reservation.Current)))
  (call $expect "pages at most" (i32.const 5) (call $memory_reservation (abi Reservation.Maximum)))
  (call $expect "one page too many" (i32.const -1) (memory.grow (i32.const 4)))
  (call $expect "2^32 - 1 pages too many" (i32.const -1) (memory.grow (i32.const -1)))
  (call $expect "2^32 - 2 pages, wrapping to none" (i32.const -1) (memory.grow (i32.const -2)))
  (call $expect "65536 pages" (i32.const -1) (memory.grow (i32.const 65536)))
  (call $expect "nothing has changed" (i32.const 2) (call $memory_reservation (abi Reservation.Current)))
  (call $expect "by none" (i32.const 2) (memory.grow (i32.const 0)))
  (call $expect "by two" (i32.const 2) (memory.grow (i32.const 2)))
  (call $expect "it follows" (i32.const 4) (call $memory_reservation (abi Reservation.Current)))
  (call $expect "the new page can be written" (i32.const 8) (call $time_write))
  (call $expect "by the last" (i32.const 4) (memory.grow (i32.const 1)))
  (call $expect "and no more" (i32.const -1) (memory.grow (i32.const 1)))
  (call $expect "pages at the end" (i32.const 5) (memory.size))
  (call $expect "the same" (i32.const 5) (call $memory_reservation (abi Reservation.Current)))
  (call $expect "the bound is the bound" (i32.const 5) (call $memory_reservation (abi Reservation.Maximum))))
;; Hypercalls see the memory as it is now: 8 random bytes at the end of the fourth page.
(func $time_write (result i32)
  (call $random_bytes (i32.const 0x3fff8) (i32.const 8)))
