import { readFileSync } from "node:fs";
import loadWabt from "wabt";

const wabt = await loadWabt();
const features = {
  tail_call: true,
  exceptions: true,
  multi_value: true,
  bulk_memory: true,
  reference_types: true,
  threads: true,
};

/** The text format to bytes that the engine validates. */
export function assemble(text: string): Uint8Array {
  const bytes = assembleUnchecked(text);
  // A sample that the engine refuses would prove nothing.
  new WebAssembly.Module(bytes as BufferSource);
  return bytes;
}

/** The same for what some engines refuse. */
export function assembleUnchecked(text: string): Uint8Array {
  const module = wabt.parseWat("module.wat", text, features);
  try {
    return module.toBinary({ write_debug_names: true }).buffer;
  } finally {
    module.destroy();
  }
}

export const sample = readFileSync(new URL("./sample.wat", import.meta.url), "utf8");
