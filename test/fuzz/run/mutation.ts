import { mutate } from "../modules/mutate.js";
import { Random } from "../random.js";
import { DONE, LIMIT, MALFORMED, type RawTranslator, UNSUPPORTED } from "./raw-translator.js";

export interface MutationFinding {
  readonly seed: number;
  readonly what: string;
  readonly bytes: Uint8Array;
}

export interface MutationTally {
  count: number;
  /** Accepted by the engine; of those translated, refused for a feature, refused for a limit. */
  valid: number;
  translated: number;
  unsupported: number;
  limited: number;
  slowestMs: number;
  slowestSeed: number;
  largestMemoryBytes: number;
}

/**
 * What the translator may hold of memory for an input of so many bytes. A bound on its work, too: it visits
 * what it stores.
 */
export function memoryAllowance(inputBytes: number): number {
  return 64 * 2 ** 20 + 128 * inputBytes;
}

export function newTally(): MutationTally {
  return {
    count: 0,
    valid: 0,
    translated: 0,
    unsupported: 0,
    limited: 0,
    slowestMs: 0,
    slowestSeed: -1,
    largestMemoryBytes: 0,
  };
}

export function mutantOf(seed: number, pool: readonly Uint8Array[]): Uint8Array {
  const r = new Random(seed);
  return mutate(r, r.pick(pool), pool);
}

/**
 * Gives one mutated module to the translator: no trap, memory within bounds; and where the engine accepts the
 * input and the translator too, the engine accepts the output.
 */
export function tryMutant(
  translator: RawTranslator,
  seed: number,
  bytes: Uint8Array,
  tally: MutationTally,
): MutationFinding | undefined {
  const finding = (what: string) => ({ seed, what, bytes });
  tally.count++;
  const begin = performance.now();
  let result: ReturnType<RawTranslator["translate"]>;
  try {
    result = translator.translate(bytes, seed % 8);
  } catch (error) {
    return finding(`the translator trapped: ${(error as Error).message}`);
  }
  const ms = performance.now() - begin;
  if (ms > tally.slowestMs) Object.assign(tally, { slowestMs: ms, slowestSeed: seed });
  tally.largestMemoryBytes = Math.max(tally.largestMemoryBytes, result.memoryBytes);
  if (result.memoryBytes > memoryAllowance(bytes.length))
    return finding(`the translator took ${result.memoryBytes} bytes of memory for ${bytes.length} bytes`);
  if (result.code !== DONE && !result.error) return finding(`refused with code ${result.code} and no text`);
  if (result.offset > bytes.length)
    return finding(`the error's offset ${result.offset} lies behind the module`);
  if (!WebAssembly.validate(bytes as BufferSource)) return undefined;
  tally.valid++;
  if (result.code === UNSUPPORTED) tally.unsupported++;
  if (result.code === LIMIT) tally.limited++;
  if (result.code === MALFORMED)
    return finding(`a valid module is called malformed: ${result.error} at ${result.offset}`);
  if (result.code !== DONE) return undefined;
  tally.translated++;
  if (result.output && !WebAssembly.validate(result.output as BufferSource)) {
    return finding(`the output is not valid: ${compileError(result.output)}`);
  }
  return undefined;
}

function compileError(bytes: Uint8Array): string {
  try {
    new WebAssembly.Module(bytes as BufferSource);
    return "yet it compiles";
  } catch (error) {
    return (error as Error).message;
  }
}
