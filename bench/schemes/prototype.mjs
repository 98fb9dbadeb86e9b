// The design's prototype as a yardstick: only where WASMVISOR_PROTOTYPE names a folder that holds its rw4.mjs.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.env.WASMVISOR_PROTOTYPE;
export const hasPrototype = Boolean(folder);

/** The rewritten module: budget threaded (`__fuel` takes it in), weights static, entries of tables as they were if asked. */
export async function rewritten(bytes, { openTable }) {
  const { rewrite } = await import(pathToFileURL(join(resolve(folder), "rw4.mjs")).href);
  const options = {
    elide: true,
    meter: "thr",
    weight: "static",
    lr: true,
    rh: true,
    tabOrig: openTable,
    importsSuspend: false,
  };
  return rewrite(new Uint8Array(bytes), options).bytes;
}
