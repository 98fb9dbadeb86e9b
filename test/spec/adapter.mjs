// The adapter through which a runner of WebAssembly test scripts runs them on translated modules. All modules
// share one runtime, so that a stack may cross them, and an export is run in slices until it is done.
//
//   WASMVISOR_PREEMPT=every | random:SEED   stops at every safepoint, or after slices of random size
//   WASMVISOR_VERIFY=1                      checks each translation before it is used
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../support/packages.mjs";
import { sliceSizes } from "../support/random.mjs";

const entry = join(root, "dist/translator.js");
const built = [entry, join(root, "build/translator.wasm"), join(root, "build/runtime.wasm")];
if (!built.every((file) => existsSync(file))) {
  const build = spawnSync(process.execPath, [join(root, "tools/build.mjs")], { stdio: ["ignore", 2, 2] });
  if (build.status !== 0) throw new Error("the build failed; its messages are above");
}
const { Activation, createRuntime, instantiateSync, translate } = await import(pathToFileURL(entry).href);

const largestSlice = 10_000;
const verify = process.env.WASMVISOR_VERIFY === "1";
const nextSlice = sliceSizes(process.env.WASMVISOR_PREEMPT, largestSlice);
/** The runtime's quantum is what pinned sections are granted at a time: as small as the slices. */
const runtime = createRuntime({ quantum: Math.min(nextSlice(), 1 << 20) });

/** @param {Uint8Array} bytes of a module */
export function transform(bytes) {
  // What the engine does not accept is not for the translator: the engine's own error is thrown.
  if (!WebAssembly.validate(bytes)) new WebAssembly.Module(bytes);
  return translate(bytes).bytes;
}

/**
 * @param {Uint8Array} bytes what `transform` returned
 * @param {Record<string, any>} imports
 */
export function instantiate(bytes, imports) {
  const instance = instantiateSync({ bytes }, imports, { runtime, verify, init: false });
  const init = instance.init();
  if (init) runToEnd(init);
  return { exports: instance.exports };
}

/**
 * @param {(...args: never[]) => unknown} f an export, or an untranslated function that calls one
 * @param {unknown[]} args
 */
export function call(f, args) {
  return runToEnd(new Activation(runtime, f, args));
}

function runToEnd(activation) {
  for (;;) {
    const outcome = activation.step(nextSlice());
    if (outcome === "done") return activation.result;
    if (outcome === "waiting") activation.sleep();
  }
}
