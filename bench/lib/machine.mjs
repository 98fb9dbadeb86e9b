// Machines, as users get them, and guests that measure on request (bench/kernels/probe.c, unwind.c).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import wabt from "wabt";
import { kernelDir, root } from "./paths.mjs";

const entry = join(root, "dist/node.js");

/** Everything of `wasmvisor`. Throws when nothing is built. */
export async function wasmvisor() {
  if (!existsSync(entry)) throw new Error("bench: nothing is built. Run: npm run build");
  return import(pathToFileURL(entry).href);
}

/** The .wasm of a bundled guest. */
export const guest = (name) => readFileSync(join(root, "build/guests", `${name}.wasm`));
export const kernel = (name) => readFileSync(join(kernelDir, `${name}.wasm`));

/** The .wasm of a kernel written as text. */
export const assembled = (name) => parseWat(readFileSync(join(kernelDir, `${name}.wat`), "utf8"));

/** The .wasm of a text. */
export async function parseWat(text) {
  const module = (await wabt()).parseWat("kernel.wat", text);
  return module.toBinary({ write_debug_names: true }).buffer;
}

/**
 * A domain that answers requests on its console with so many bytes each: `ask(request)` resolves to a DataView of them.
 * Rejects when the domain ends instead.
 */
export async function respondent(machine, module, options = {}) {
  let arrived = new Uint8Array(0);
  let waiting;
  const domain = await machine.create({
    ...options,
    module,
    onOutput(bytes) {
      const all = new Uint8Array(arrived.length + bytes.length);
      all.set(arrived);
      all.set(bytes, arrived.length);
      arrived = all;
      if (waiting && arrived.length >= waiting.bytes) {
        const { resolve, bytes: wanted } = waiting;
        waiting = undefined;
        const answer = arrived.slice(0, wanted);
        arrived = arrived.slice(wanted);
        resolve(new DataView(answer.buffer));
      }
    },
  });
  domain.ended.then((outcome) =>
    waiting?.reject(new Error(`bench: the guest ended: ${JSON.stringify(outcome)}`)),
  );
  const ask = (request, answerBytes) =>
    new Promise((resolve, reject) => {
      waiting = { bytes: answerBytes, resolve, reject };
      domain.console.write(new Uint8Array(request.buffer));
    });
  return { domain, ask };
}

/** A probe's answers to `{ op, n, a }` as numbers. */
export async function probe(machine, options) {
  const { domain, ask } = await respondent(machine, kernel("probe"), options);
  const measure = async (op, n, a = 0, answers = 1) => {
    const view = await ask(new Uint32Array([ops[op], n, a]), 8 * answers);
    return Array.from({ length: answers }, (_, i) => Number(view.getBigUint64(8 * i, true)));
  };
  return { domain, measure };
}

const ops = { empty: 0, version: 1, domainId: 2, timerBlocked: 3, timerSpinning: 4 };
