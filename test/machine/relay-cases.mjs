// What relays run: every bundled guest, with quanta that stop it between any two safepoints, or seldom.
import { readFileSync } from "node:fs";
import loadWabt from "wabt";

const asset = (path) => new Uint8Array(readFileSync(new URL(`../../build/${path}.wasm`, import.meta.url)));

/** Lines for the shell: contexts, timers, memory, randomness, how it ends. */
const typed = [
  ...["info", "contexts 3", "sleep 2", "uptime", "date", "rand 16", "grow 1", "mem", "poke 131072 1 2 3"],
  ...["peek 131072 16", "yield 3", "spin 1", "trace 7 8 9", "runstate", "echo half a line"],
].join("\r");

/** A WASI program: recursion, memory that grows, a clock, random bytes, sleep, standard output and error. */
const wasi = `
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1 8)
  (global $sum (mut i32) (i32.const 0))
  ;; Writes 8 hexadecimal digits and a line's end.
  (func $print (param $fd i32) (param $value i32) (local $i i32)
    (loop $more
      (i32.store8 (i32.add (i32.const 64) (local.get $i))
        (i32.load8_u (i32.add (i32.const 16) (i32.and (i32.const 15)
          (i32.shr_u (local.get $value) (i32.mul (i32.const 4) (i32.sub (i32.const 7) (local.get $i))))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 8))))
    (i32.store8 (i32.const 72) (i32.const 10))
    (i32.store (i32.const 80) (i32.const 64))
    (i32.store (i32.const 84) (i32.const 9))
    (global.set $sum (i32.add (global.get $sum) (call $write (local.get $fd) (i32.const 80) (i32.const 1) (i32.const 88)))))
  (data (i32.const 16) "0123456789abcdef")
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (export "_start") (local $round i32)
    (loop $again
      (call $print (i32.const 1) (call $fib (i32.add (i32.const 8) (local.get $round))))
      (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 96)))
      (call $print (i32.const 1) (i32.load (i32.const 96)))
      (drop (call $random (i32.const 96) (i32.const 4)))
      (call $print (i32.const 2) (i32.load (i32.const 96)))
      (call $print (i32.const 1) (memory.grow (i32.const 1)))
      (i64.store (i32.const 128) (i64.const 7))
      (i32.store8 (i32.const 136) (i32.const 0))
      (i32.store (i32.const 144) (i32.const 1))
      (i64.store (i32.const 152) (i64.const 300000))
      (call $print (i32.const 1) (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 88)))
      (local.set $round (i32.add (local.get $round) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $round) (i32.const 6))))
    (drop (call $args (i32.const 88) (i32.const 92)))
    (call $exit (i32.add (i32.load (i32.const 88)) (global.get $sum)))))`;

async function assembled(text) {
  const wabt = await loadWabt();
  const module = wabt.parseWat("wasi.wat", text);
  return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
}

/** `quanta`: units of a quantum, to choose from. */
const cases = [
  { name: "hello", commandLine: "", quanta: [1, 3] },
  { name: "clock", commandLine: "3 5", quanta: [1, 10, 400] },
  { name: "crash", commandLine: "1", quanta: [50, 20_000] },
  { name: "primes", commandLine: "2000", quanta: [40, 5000] },
  { name: "shell", commandLine: "", quanta: [5, 200], input: `${typed}\rexit 3\r` },
  { name: "shell", commandLine: "", quanta: [30], input: `${typed}\rcrash recurse\r` },
  { name: "shell", commandLine: "", quanta: [3], input: "info\rreboot\r" },
  { name: "spin", commandLine: "", quanta: [1, 1000], budget: 5000 },
  { name: "threads", commandLine: "6 2 100", quanta: [200, 20_000] },
  { name: "wasi", args: ["program", "one", "two"], quanta: [3, 100] },
];

/** All of them, with each of their quanta: what leg() takes. */
export async function starts() {
  const program = await assembled(wasi);
  return cases.flatMap(({ name, quanta, ...rest }) =>
    quanta.map((quantumUnits) => ({
      ...{ name, quantumUnits, ...rest },
      modules: name === "wasi" ? [asset("wasi"), program] : [asset(`guests/${name}`)],
    })),
  );
}
