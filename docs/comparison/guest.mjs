// The same guest for all: as a Wasm module, as a component, and as JavaScript.
//
//   tick   returns how often it was called      spin   never returns; counts its rounds in its memory
//   rounds returns what spin has counted        count  counts to 30 million and returns that
//   ask    returns one more than the host says  grow   grows its memory until it may not, returns how many pages it has
//   deep   recurses without end
import wabt from "wabt";

const functions = (result) => `
  (memory (export "memory") 1)
  (func $deeper (param i32) (result i32) (i32.add (i32.const 1) (call $deeper (local.get 0))))
  (func (export "tick") ${result(`
    (i32.store (i32.const 8) (i32.add (i32.const 1) (i32.load (i32.const 8))))
    (i32.load (i32.const 8))`)})
  (func (export "spin") (loop $l (i64.store (i32.const 0) (i64.add (i64.const 1) (i64.load (i32.const 0)))) (br $l)))
  (func (export "rounds") ${result("(i32.wrap_i64 (i64.shr_u (i64.load (i32.const 0)) (i64.const 10)))")})
  (func $counted (result i32) (local $i i32)
    (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30000000))))
    (local.get $i))
  (func (export "count") ${result("(call $counted)")})
  (func (export "ask") ${result("(i32.add (i32.const 1) (call $ask))")})
  (func $grown (result i32) (loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (memory.size))
  (func (export "grow") ${result("(call $grown)")})
  (func (export "deep") ${result("(call $deeper (i32.const 0))")})`;

const returned = (code) => `(result i32) ${code}`;
/** For hosts whose guests give bytes, not numbers. */
const told = (code) => `(call $tell (block (result i32) ${code}))`;

async function assemble(wat) {
  return new Uint8Array((await wabt()).parseWat("guest.wat", wat).toBinary({}).buffer);
}

export const wasm = () =>
  assemble(`(module (import "host" "ask" (func $ask (result i32))) ${functions(returned)})`);

export const tellingWasm = () =>
  assemble(`(module
    (import "host" "ask" (func $ask (result i32))) (import "host" "tell" (func $tell (param i32)))
    ${functions(told)})`);

const lift = (name) => `(func (export "${name}") (result s32) (canon lift (core func $guest "${name}")))`;
export const componentWat = `(component
  (import "ask" (func $ask (result s32)))
  (core func $lowered (canon lower (func $ask)))
  (core module $module (import "host" "ask" (func $ask (result i32))) ${functions(returned)})
  (core instance $guest (instantiate $module (with "host" (instance (export "ask" (func $lowered))))))
  (func (export "spin") (canon lift (core func $guest "spin")))
  ${["tick", "rounds", "count", "ask", "grow", "deep"].map(lift).join("\n  ")})`;

export const javascript = `
  let ticks = 0;
  let spun = 0;
  const tick = () => ++ticks;
  const spin = () => { for (;;) spun++; };
  const rounds = () => Math.floor(spun / 1024);
  const count = () => { let i = 0; while (i < 3e7) i++; return i; };
  const ask = () => 1 + hostAsk();
  const grow = () => { const all = []; for (;;) all.push(new Array(8192).fill(all.length)); };
  const deep = () => 1 + deep();`;
