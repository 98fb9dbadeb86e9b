import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import wabt from "wabt";
import { readAbi } from "../../tools/abi/model.mjs";

const abi = await readAbi();
/** All but the one that calls another guest, which has tests of its own. */
const served = abi.hypercalls.filter(({ handler }) => handler !== "programRun");
const bytes = readFileSync(new URL("../../build/hypercalls.wasm", import.meta.url));
const stubs = new WebAssembly.Module(bytes);

const UNITS = 32;
const numbers = new Set(abi.hypercalls.map(({ number }) => number));
/** A number that no hypercall has. */
const FREE = [...Array(256).keys()].find((number) => !numbers.has(number))!;
const NOSYS = -38;
const DONE = 1n;
const RETRY = 2n;

type Entry = (...values: (number | bigint)[]) => [number, number];

/** A core that notes what it is asked, keeps cells in an array, and lets each test say what a handler does. */
function boot() {
  const global = (value: number) => new WebAssembly.Global({ value: "i32", mutable: true }, value);
  const budget = global(0);
  const stack = global(0);
  const hypercallCount = global(0);
  const lastHypercall = global(-1);
  const again = global(0);
  const cells: bigint[] = [];
  const functions: unknown[] = [];
  const calls: { name: string; values: unknown[]; budget: number }[] = [];
  const core = {
    calls,
    cells,
    functions,
    budget,
    stack,
    hypercallCount,
    lastHypercall,
    table: new WebAssembly.Table({ element: "anyfunc", initial: 256 }),
    /** What the next handler does; its result is the hypercall's. */
    act: (): number => 0,
    retry: 0,
    unwound: 0,
    refill: 0,
    exports: {} as Record<string, Entry>,
  };
  const handlers = Object.fromEntries(
    abi.hypercalls.map(({ handler }) => [
      handler,
      (...values: unknown[]) => {
        calls.push({ name: handler, values, budget: budget.value });
        return core.act();
      },
    ]),
  );
  const pop = (count: number) => cells.splice(cells.length - count);
  const instance = new WebAssembly.Instance(stubs, {
    env: { table: core.table },
    core: {
      ...handlers,
      ...{ budget, stack, hypercallCount, lastHypercall, again },
      unwindHypercall: () => {
        core.unwound++;
        return core.retry;
      },
      peek: () => cells.at(-1) ?? -1n,
      resume: () => core.refill,
    },
    glue: {
      push2: (...values: bigint[]) => void cells.push(...values),
      push7: (...values: bigint[]) => void cells.push(...values),
      pop2: () => pop(2),
      pop7: () => pop(7),
      push_func: (reference: unknown) => void functions.push(reference),
    },
  });
  core.exports = instance.exports as Record<string, Entry>;
  return core;
}

let core: ReturnType<typeof boot>;
beforeEach(() => {
  core = boot();
});
const call = (name: string, ...values: (number | bigint)[]) => core.exports[name]!(...values);
const STACK = 1000;

describe("a threaded entry", () => {
  it("hands its arguments to the handler, and returns its result with the budget less the charge", () => {
    core.act = () => 7;
    expect(call("console_read", 1, 2, 3, STACK, 100)).toEqual([7, 100 - UNITS]);
    expect(core.calls).toEqual([{ name: "consoleRead", values: [1, 2, 3], budget: 100 - UNITS }]);
    expect(core.unwound).toBe(0);
  });

  it("exists for every hypercall, which it counts and remembers", () => {
    served.forEach(({ name, number, handler, parameters }, index) => {
      const values = parameters.map(({ wasm }, at) => (wasm === "i64" ? BigInt(at + 1) : at + 1));
      call(name, ...values, STACK, 1000);
      expect(core.calls.at(-1)).toMatchObject({ name: handler, values });
      expect(core.lastHypercall.value).toBe(number);
      expect(core.hypercallCount.value).toBe(index + 1);
    });
  });

  it("gives the handler all of 64 bits, and takes negative results", () => {
    core.act = () => -22;
    expect(call("timer_set", -1n, STACK, 100)).toEqual([-22, 100 - UNITS]);
    expect(core.calls[0]!.values).toEqual([-1n]);
  });

  it("returns what a handler leaves of the budget", () => {
    core.act = () => {
      core.budget.value -= 50;
      return 1;
    };
    expect(call("random_bytes", 0, 400, STACK, 100)).toEqual([1, 18]);
  });

  it("whose charge spends the budget exactly goes on", () => {
    expect(call("version", STACK, UNITS)).toEqual([0, 0]);
    expect(core.cells).toEqual([]);
  });

  it("whose charge spends more has done its work, and keeps its result in a frame", () => {
    core.act = () => -11;
    expect(call("version", STACK, UNITS - 1)[1]).toBe(-1);
    expect(core.cells).toEqual([BigInt(-11 >>> 0), DONE]);
    core.refill = 500;
    expect(call("version", 0, -1)).toEqual([-11, 500]);
    expect(core.cells).toEqual([]);
    expect(core.calls).toHaveLength(1);
    expect(core.hypercallCount.value).toBe(1);
  });

  it("that the core wants to be done again keeps its arguments, and is counted and charged once", () => {
    core.retry = 1;
    core.act = () => {
      core.budget.value = -5;
      return 0;
    };
    expect(call("console_read", -1, 2, 3, STACK, 100)[1]).toBe(-5);
    expect(core.cells).toEqual([0xffffffffn, 2n, 3n, 0n, 0n, 0x71n, RETRY]);

    core.refill = 80;
    core.act = () => 9;
    expect(call("console_read", 0, 0, 0, 0, -1)).toEqual([9, 80]);
    expect(core.cells).toEqual([]);
    expect(core.calls.map(({ values }) => values)).toEqual([
      [-1, 2, 3],
      [-1, 2, 3],
    ]);
    expect(core.calls[1]!.budget).toBe(80);
    expect(core.hypercallCount.value).toBe(1);
  });

  it("that is done again can be put off again, and can end behind a spent budget", () => {
    const spend = () => {
      core.budget.value = -1;
      return 4;
    };
    core.retry = 1;
    core.act = spend;
    call("timer_set", 1n << 62n, STACK, 100);
    const frame = [...core.cells];
    expect(frame).toEqual([1n << 62n, 0n, 0n, 0n, 0n, 0x22n, RETRY]);
    expect(call("timer_set", 0n, 0, -1)[1]).toBe(-1);
    expect(core.cells).toEqual(frame);
    core.retry = 0;
    call("timer_set", 0n, 0, -1);
    expect(core.cells).toEqual([4n, DONE]);
    core.refill = 1;
    expect(call("timer_set", 0n, 0, -1)).toEqual([4, 1]);
  });

  it("traps on a frame that is not its own, or on none", () => {
    expect(() => call("version", 0, -1)).toThrow(WebAssembly.RuntimeError);
    core.cells.push(0n, 1n << 32n);
    expect(() => call("version", 0, -1)).toThrow(WebAssembly.RuntimeError);
    core.cells.push(0n, (1n << 32n) | DONE);
    expect(() => call("version", 0, -1)).toThrow(WebAssembly.RuntimeError);
  });

  it("leaves nothing to rewind when its handler traps", () => {
    core.act = () => {
      throw new Error("from inside");
    };
    expect(() => call("version", STACK, 100)).toThrow("from inside");
    expect(core.cells).toEqual([]);
    expect(core.budget.value).toBe(100 - UNITS);
  });
});

describe("the generic entry", () => {
  it("does what the named one does, with arguments of 64 bits", () => {
    core.act = () => 3;
    expect(call("hypercall", 0x71, (1n << 40n) | 5n, 6n, -1n, 0n, 0n, STACK, 100)).toEqual([3, 68]);
    expect(core.calls[0]).toEqual({ name: "consoleRead", values: [5, 6, -1], budget: 68 });
    expect(core.lastHypercall.value).toBe(0x71);
    expect(core.hypercallCount.value).toBe(1);
    call("hypercall", 0x22, 1n << 40n, 0n, 0n, 0n, 0n, STACK, 100);
    expect(core.calls[1]!.values).toEqual([1n << 40n]);
  });

  it("charges for a number that is nobody's, and says that there is no such hypercall", () => {
    for (const number of [FREE, 256, 1 << 30, -1]) {
      expect(call("hypercall", number, 0n, 0n, 0n, 0n, 0n, STACK, 100)).toEqual([NOSYS, 68]);
    }
    expect(core.calls).toEqual([]);
    expect(core.hypercallCount.value).toBe(4);
    call("hypercall", FREE, 0n, 0n, 0n, 0n, 0n, STACK, 0);
    expect(core.cells).toEqual([BigInt(NOSYS >>> 0), DONE]);
  });

  it("is done again with the arguments it had", () => {
    core.retry = 1;
    core.act = () => {
      core.budget.value = -1;
      return 0;
    };
    call("hypercall", 0x70, 10n, 20n, 1n << 40n, 0n, 5n, STACK, 100);
    expect(core.cells).toEqual([10n, 20n, 1n << 40n, 0n, 5n, 0x70n, RETRY]);
    core.act = () => 20;
    core.refill = 40;
    expect(call("hypercall", 0, 0n, 0n, 0n, 0n, 0n, 0, -1)).toEqual([20, 40]);
    expect(core.calls.at(-1)!.values).toEqual([10, 20]);
  });

  it("rewinds a frame of any hypercall, as a named one does", () => {
    core.cells.push(8n, DONE);
    core.refill = 2;
    expect(call("hypercall", 0, 0n, 0n, 0n, 0n, 0n, 0, -1)).toEqual([8, 2]);
  });
});

describe("program_run", () => {
  const PROGRAM = 300;

  /** A program whose entry spends what it is given of the stack. */
  beforeEach(async () => {
    const module = (await wabt()).parseWat(
      "program.wat",
      `(module (import "env" "table" (table 301 funcref))
        (func $start (param $s i32) (param $b i32) (result i32) (i32.sub (local.get $b) (local.get $s)))
        (elem (i32.const ${PROGRAM}) $start))`,
    );
    core.table.grow(100);
    const bytes = new Uint8Array(module.toBinary({}).buffer);
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { table: core.table } });
  });

  it("calls the entry that its handler names, with the stack and budget of the caller", () => {
    core.act = () => PROGRAM;
    expect(call("program_run", 30, 100)).toEqual([0, 70]);
    expect(core.hypercallCount.value).toBe(1);
    expect(core.lastHypercall.value).toBe(0x88);
  });

  it("keeps no frame: when it is rewound it calls again, and is not counted again", () => {
    core.act = () => PROGRAM;
    expect(call("program_run", 101, 100)).toEqual([0, -1]);
    expect(call("program_run", -51, -1)).toEqual([0, 50]);
    expect(core.cells).toEqual([]);
    expect(core.hypercallCount.value).toBe(1);
  });

  it("returns the errno of a handler that knows of no program", () => {
    core.act = () => -2;
    expect(call("program_run", 30, 100)).toEqual([-2, 100]);
  });
});

describe("a raw entry", () => {
  const raw = (name: string, ...values: (number | bigint)[]) =>
    (core.exports[`raw:${name}`] as unknown as (...values: (number | bigint)[]) => number)(...values);

  it("takes budget and stack from the globals, and leaves the stack as it was", () => {
    core.budget.value = 100;
    core.stack.value = STACK;
    core.act = () => {
      core.stack.value = 1;
      return 6;
    };
    expect(raw("sched_yield")).toBe(6);
    expect(core.budget.value).toBe(68);
    expect(core.stack.value).toBe(STACK);
    expect(core.functions).toEqual([]);
  });

  it("pushes itself when it is unwound, and goes on when it is called again", () => {
    core.budget.value = 0;
    core.act = () => 6;
    raw("hypercall", 0x10, 0n, 0n, 0n, 0n, 0n);
    expect(core.functions).toEqual([core.exports["raw:hypercall"]]);
    expect(core.cells).toEqual([6n, DONE]);
    core.budget.value = -1;
    core.refill = 10;
    expect(raw("hypercall", 0, 0n, 0n, 0n, 0n, 0n)).toBe(6);
    expect(core.budget.value).toBe(10);
    expect(core.functions).toHaveLength(1);
  });
});

it("the table holds a hypercall or the refusal at each of its first 256 places", () => {
  const known = new Set(served.map(({ number }) => number));
  for (let number = 0; number < 256; number++) {
    const result = core.table.get(number)(0n, 0n, 0n, 0n, 0n);
    expect(result, `number ${number}`).toBe(known.has(number) ? 0 : NOSYS);
  }
  expect(core.calls).toHaveLength(served.length);
});
