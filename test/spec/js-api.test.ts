// What JS sees of a module is the same whether it is translated or not: values, exceptions, identities, tables,
// memories and calls that come back in. Each case is run natively, translated, and stopped at every safepoint.
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { Activation, createRuntime, instantiateSync } from "../../src/translator.js";

type Exports = Record<string, never>;
type Call = (f: (...args: never[]) => unknown, ...args: unknown[]) => unknown;
interface Host {
  instantiate(text: string, imports?: WebAssembly.Imports): Exports;
  call: Call;
}

const { parseWat } = await wabt();
const features = {
  exceptions: true,
  bulk_memory: true,
  reference_types: true,
  multi_value: true,
  simd: true,
};

/** A function with safepoints: counts up to its argument. */
const spin = `(func $spin (param $n i32) (result i32) (local $i i32)
  (loop (br_if 0 (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
  (local.get $i))`;

function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = parseWat("test.wat", `(module ${text})`, features);
  try {
    module.resolveNames();
    return Uint8Array.from(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

const native: Host = {
  instantiate: (text, imports) =>
    new WebAssembly.Instance(new WebAssembly.Module(assemble(text)), imports).exports as Exports,
  call: (f, ...args) => f(...(args as never[])),
};

function translated(slice: number): Host {
  const runtime = createRuntime({ quantum: slice });
  return {
    instantiate: (text, imports) => instantiateSync(assemble(text), imports, { runtime }).exports as never,
    call: (f, ...args) => new Activation(runtime, f, args).runToEnd(slice),
  };
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return "nothing was thrown";
}

/** Each returns what JS can see. */
const cases: Record<string, (host: Host) => unknown> = {
  "what JS throws in the start function comes out as it is"({ instantiate }) {
    const thrown = new Error("stop");
    const imports = {
      host: {
        fail() {
          throw thrown;
        },
      },
    };
    const text = `(import "host" "fail" (func $fail)) ${spin}
      (func $start (drop (call $spin (i32.const 5))) (call $fail)) (start $start)`;
    return thrownBy(() => instantiate(text, imports)) === thrown;
  },

  "what JS throws is caught by catch_all, and thrown again as it was"({ instantiate, call }) {
    const values = [new Error("one"), "two", undefined, 4n];
    const imports = {
      host: {
        fail(i: number) {
          throw values[i];
        },
      },
    };
    const exports = instantiate(
      `(import "host" "fail" (func $fail (param i32))) ${spin}
      (func (export "catch") (param i32) (result i32)
        (try (result i32) (do (call $fail (local.get 0)) (i32.const 1)) (catch_all (call $spin (i32.const 9)))))
      (func (export "rethrow") (param i32)
        (try (do (call $fail (local.get 0))) (catch_all (drop (call $spin (i32.const 9))) (rethrow 0))))`,
      imports,
    );
    return values.map((value, i) => [
      call(exports.catch!, i),
      thrownBy(() => call(exports.rethrow!, i)) === value,
    ]);
  },

  "exceptions with a tag of JS go both ways with their payload"({ instantiate, call }) {
    const tag = new WebAssembly.Tag({ parameters: ["i32", "i64"] });
    const imports = {
      host: {
        tag: tag as never,
        fail() {
          throw new WebAssembly.Exception(tag, [7, 1000n]);
        },
      },
    };
    const exports = instantiate(
      `(import "host" "tag" (tag $tag (param i32 i64))) (import "host" "fail" (func $fail)) ${spin}
      (func (export "catch") (result i64) (local i64)
        (try (result i64) (do (call $fail) (i64.const 0))
          (catch $tag (local.set 0) (i64.add (i64.extend_i32_s (call $spin)) (local.get 0)))))
      (func (export "throw") (param i32) (throw $tag (call $spin (local.get 0)) (i64.const 77)))`,
      imports,
    );
    const thrown = thrownBy(() => call(exports.throw!, 6)) as WebAssembly.Exception;
    return [call(exports.catch!), thrown.is(tag), thrown.getArg(tag, 0), thrown.getArg(tag, 1)];
  },

  "a guest that calls itself through JS goes on where it was"({ instantiate, call }) {
    const depths: number[] = [];
    const exports: Exports = instantiate(
      `(import "host" "again" (func $again (param i32) (result i32))) ${spin}
      (func (export "run") (param i32) (result i32)
        (i32.add (call $spin (local.get 0))
          (if (result i32) (local.get 0)
            (then (call $again (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 100)))))`,
      {
        host: {
          again(n: number) {
            depths.push(n);
            return (exports.run as unknown as (n: number) => number)(n);
          },
        },
      },
    );
    return [call(exports.run!, 20), depths];
  },

  "a trap in a nested call that JS catches leaves the outer call as it was"({ instantiate, call }) {
    const exports: Exports = instantiate(
      `(import "host" "try" (func $try (param i32) (result i32))) ${spin}
      (func (export "fail") (param i32) (result i32)
        (i32.div_s (call $spin (local.get 0)) (i32.const 0)))
      (func (export "run") (param i32) (result i32) (local i32)
        (loop
          (local.set 1 (i32.add (local.get 1) (i32.add (call $try (local.get 0)) (call $spin (i32.const 4)))))
          (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1))`,
      {
        host: {
          try: (n: number) =>
            thrownBy(() => (exports.fail as unknown as (n: number) => number)(n)) instanceof
            WebAssembly.RuntimeError
              ? 5
              : 6,
        },
      },
    );
    return [call(exports.run!, 20), call(exports.run!, 3)];
  },

  "an exception that a nested call throws is caught by the outer one"({ instantiate, call }) {
    const exports: Exports = instantiate(
      `(import "host" "nested" (func $nested (param i32))) (tag $tag (param i32)) ${spin}
      (func (export "throw") (param i32) (throw $tag (call $spin (local.get 0))))
      (func (export "run") (param i32) (result i32)
        (try (result i32) (do (call $nested (local.get 0)) (i32.const 0))
          (catch $tag (i32.add (call $spin (local.get 0))))))`,
      { host: { nested: (n: number) => (exports.throw as unknown as (n: number) => void)(n) } },
    );
    return call(exports.run!, 11);
  },

  "references and several results keep their identity"({ instantiate, call }) {
    const key = {};
    const exports = instantiate(
      `(import "host" "mix" (func $mix (param externref funcref i64) (result externref i64 funcref))) ${spin}
      (table (export "table") 4 externref) (elem declare func $spin)
      (func (export "run") (param externref) (result externref i64) (local funcref i64 externref)
        (call $mix (local.get 0) (ref.func $spin) (i64.const -5))
        (local.set 1) (local.set 2) (local.set 3)
        (drop (call $spin (i32.const 9)))
        (table.set (i32.const 1) (local.get 3)) (local.get 3) (local.get 2))`,
      { host: { mix: (a: unknown, f: (n: number) => number, c: bigint) => [a, c * 2n + BigInt(f(5)), f] } },
    );
    const [reference, sum] = call(exports.run!, key) as [unknown, bigint];
    const table = exports.table as unknown as WebAssembly.Table;
    return [reference === key, sum, table.get(1) === key];
  },

  "a table of JS holds functions of both worlds"({ instantiate, call }) {
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 4 });
    const other = native.instantiate(`${spin} (export "spin" (func $spin))`);
    table.set(0, other.spin);
    const { run } = instantiate(
      `(import "host" "table" (table 4 funcref)) ${spin} (elem (i32.const 1) $spin)
      (func (export "run") (param i32 i32) (result i32)
        (call_indirect (param i32) (result i32) (local.get 0) (local.get 1)))`,
      { host: { table } },
    );
    const before = [call(run!, 7, 0), call(run!, 8, 1)];
    table.set(2, table.get(1));
    table.set(3, other.spin);
    const after = [call(run!, 9, 2), call(run!, 10, 3), table.get(1)(6)];
    return [before, after, table.get(0) === other.spin, table.get(1) === table.get(2)];
  },

  "arguments and results are converted as the engine does"({ instantiate, call }) {
    const exports = instantiate(
      `(import "host" "twice" (func $twice (param f32) (result i32))) ${spin}
      (func (export "run") (param i32 f64) (result i32)
        (i32.add (call $spin (local.get 0)) (call $twice (f32.demote_f64 (local.get 1)))))`,
      { host: { twice: (value: number) => ({ valueOf: () => value * 2 }) as never } },
    );
    return [
      call(exports.run!, "7", { valueOf: () => 1.5 }),
      call(exports.run!),
      call(exports.run!, 3, undefined),
    ];
  },

  "exports have their names, and one function is one object"({ instantiate }) {
    const exports = instantiate(
      `${spin} (export "" (func $spin)) (export "__proto__" (func $spin)) (export "b" (func $spin))
      (table (export "table") funcref (elem $spin))`,
    ) as Record<string, never>;
    const table = exports.table as unknown as WebAssembly.Table;
    return [
      Object.keys(exports),
      Object.isFrozen(exports),
      exports[""] === exports.b,
      table.get(0) === exports.b,
    ];
  },

  "memory and globals are shared with JS"({ instantiate, call }) {
    const global = new WebAssembly.Global({ value: "i64", mutable: true }, 5n);
    const exports = instantiate(
      `(import "host" "global" (global $global (mut i64))) (memory (export "memory") 1 4)
      (global $own (export "own") (mut f64) (f64.const 1.5))
      (func (export "run") (param i32) (result i32)
        (loop
          (global.set $global (i64.add (global.get $global) (i64.const 1)))
          (global.set $own (f64.mul (global.get $own) (f64.const 2)))
          (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (memory.grow (i32.const 1)))`,
      { host: { global: global as never } },
    );
    const memory = exports.memory as unknown as WebAssembly.Memory;
    const own = exports.own as unknown as WebAssembly.Global;
    const before = memory.buffer;
    const grown = call(exports.run!, 4);
    own.value += 1;
    return [grown, before.byteLength, memory.buffer.byteLength, memory.grow(1), global.value, own.value];
  },

  "what cannot be linked is refused with the engine's error"({ instantiate }) {
    const imports: [string, unknown][] = [
      ["(func (param i32))", undefined],
      ["(func (param i32))", 5],
      ["(func (param i32))", native.instantiate(`${spin} (export "f" (func $spin))`).f],
      ["(global i32)", 5n],
      ["(memory 2)", new WebAssembly.Memory({ initial: 1 })],
      ["(table 2 funcref)", new WebAssembly.Table({ initial: 1, element: "anyfunc" })],
      ["(tag (param i32))", new WebAssembly.Tag({ parameters: ["i64"] })],
    ];
    return imports.map(([type, value]) => {
      const thrown = thrownBy(() =>
        instantiate(`(import "host" "it" ${type})`, { host: { it: value as never } }),
      );
      return thrown instanceof Error ? thrown.name : thrown;
    });
  },

  "translated and untranslated instances call each other"({ instantiate, call }) {
    const inner = native.instantiate(`${spin} (export "spin" (func $spin))`);
    const middle = instantiate(
      `(import "inner" "spin" (func $inner (param i32) (result i32))) ${spin}
      (func (export "run") (param i32) (result i32)
        (i32.add (call $inner (local.get 0)) (call $spin (local.get 0))))
      (export "again" (func $inner))`,
      { inner },
    );
    const outer = native.instantiate(
      `(import "middle" "run" (func $run (param i32) (result i32)))
      (func (export "run") (param i32) (result i32) (i32.add (call $run (local.get 0)) (i32.const 1)))`,
      { middle },
    );
    return [call(middle.run!, 5), call(outer.run!, 6), middle.again === inner.spin];
  },

  "a native exception of a tag that the guest does not know passes through it"({ instantiate, call }) {
    const thrower = native.instantiate(
      `(tag $tag (export "tag") (param i32)) (func (export "throw") (param i32) (throw $tag (local.get 0)))`,
    );
    const { run } = instantiate(
      `(import "thrower" "throw" (func $throw (param i32))) ${spin}
      (func (export "run") (param i32)
        (try (do (call $throw (local.get 0))) (catch_all (drop (call $spin (local.get 0))) (rethrow 0))))`,
      { thrower },
    );
    const thrown = thrownBy(() => call(run!, 8)) as WebAssembly.Exception | undefined;
    const tag = thrower.tag as unknown as WebAssembly.Tag;
    return [thrown?.is(tag), thrown?.getArg(tag, 0)];
  },
};

describe.each([
  ["translated", 1 << 30],
  ["stopped at every safepoint", 1],
])("%s", (_name, slice) => {
  for (const [sentence, observe] of Object.entries(cases)) {
    it(sentence, () => {
      expect(observe(translated(slice))).toEqual(observe(native));
    });
  }
});
