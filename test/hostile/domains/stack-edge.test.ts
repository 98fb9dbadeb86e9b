import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { largestStackAccount } from "../../../src/core/native-stack.js";
import { assemble } from "../../checker/assemble.js";
import { checkCore, checkDomain, PROBE } from "./invariants.js";
import { type RawDomainOptions, RawMachine } from "./raw-machine.js";
import {
  ARGUMENTS,
  DEPTH_AT,
  depthGuest,
  edgeGuest,
  FROM_AT,
  OPERATIONS,
  operationGuest,
  runToEnd,
  shutdownGuest,
} from "./stack-edge.js";
import { HYPERCALLS } from "./wat.js";

const LAST = 64;
const LONG = { units: () => 1 << 30, options: {} };
const largest = largestStackAccount();
const LARGEST = { units: LONG.units, options: { stackBytes: largest, allFrameBytes: 4 * largest } };
let turn = 0;
const SHORT = { units: () => 1 + (turn++ % 97), options: { stackBytes: 32 * 1024 } };

async function run(
  machine: RawMachine,
  text: string,
  from: number,
  units: () => number,
  options: RawDomainOptions,
) {
  const domain = await machine.create(text, { services: 1 << 1, ...options });
  domain.setU32(FROM_AT, from);
  runToEnd(machine, domain, units);
  checkDomain(machine, domain);
  const { end } = domain;
  const depth = domain.u32(DEPTH_AT);
  machine.destroy(domain);
  await checkCore(machine);
  return { end, depth };
}

it("there are arguments for every hypercall", () => {
  expect(Object.keys(ARGUMENTS).sort()).toEqual(HYPERCALLS.map(({ name }) => name).sort());
});

describe("a guest that makes a hypercall in each of the last frames of its stack account overflows that, no more", () => {
  const machine = new RawMachine();
  for (const hypercall of Object.keys(ARGUMENTS)) {
    it(hypercall, async () => {
      for (const locals of [0, 7, 40, 300]) {
        const text = edgeGuest({ hypercall, locals });
        // Long runs, and, on a small stack, short ones of many lengths: it is stopped in the hypercall as well.
        const ways = locals === 7 ? [LONG, SHORT, LARGEST] : [LONG, LARGEST];
        for (const { units, options } of ways) {
          const { depth } = await run(machine, text, 1 << 30, LONG.units, options);
          expect(depth).toBeGreaterThan(40);
          const { end } = await run(machine, text, Math.max(depth - LAST, 0), units, options);
          expect(end, `${locals} locals`).toEqual({ crash: "StackOverflow" });
        }
      }
    });
  }
});

describe("a guest that does what the host or helpers have to do overflows its stack account, no more", () => {
  const machine = new RawMachine();
  for (const operation of Object.keys(OPERATIONS)) {
    it(operation, async () => {
      for (const locals of [0, 7, 40]) {
        for (const { units, options } of [LONG, LARGEST]) {
          const text = operationGuest(operation, locals);
          const { depth } = await run(machine, text, 1 << 30, LONG.units, options);
          const { end } = await run(machine, text, depth - LAST, units, options);
          expect(end).toEqual({ crash: "StackOverflow" });
        }
      }
    });
  }

  it("a shutdown in each of the last frames is one", async () => {
    const text = shutdownGuest(7);
    const { depth } = await run(machine, text, 1 << 30, LONG.units, {});
    for (let from = depth; from > depth - LAST; from--) {
      for (const { units } of [LONG, SHORT]) {
        expect(await run(machine, text, from, units, {})).toEqual({ end: { poweroff: 7 }, depth: from });
      }
    }
  });
});

describe("the same in a Worker, on the largest stack account that the machine allows there", () => {
  for (const stackSizeMb of [undefined, 1]) {
    it(stackSizeMb === undefined ? "of the usual size" : `of ${stackSizeMb} MiB`, async () => {
      const worker = new Worker(new URL("./in-worker.mjs", import.meta.url), {
        workerData: { probe: assemble(PROBE) },
        resourceLimits: stackSizeMb === undefined ? {} : { stackSizeMb },
      });
      const ask = async <Answer>(question: unknown) => {
        worker.postMessage(question);
        const [answer] = await once(worker, "message");
        return answer as Answer;
      };
      try {
        const locals = 3;
        const depth = await ask<number>({ depth: assemble(depthGuest(locals)) });
        expect(depth).toBeGreaterThan(1000);
        for (const hypercall of Object.keys(ARGUMENTS)) {
          const module = assemble(edgeGuest({ hypercall, locals, from: depth - LAST }));
          expect(await ask(module), hypercall).toEqual({ cause: "stack overflow", witness: "probe ok\n" });
        }
      } finally {
        await worker.terminate();
      }
    });
  }
});
