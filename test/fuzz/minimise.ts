import { shapeOf } from "./modules/decode.js";
import type { GeneratedModule } from "./modules/generator.js";
import { type BodyParts, readBodies, withBodies } from "./modules/instructions.js";

const UNREACHABLE = [0x00];

/**
 * Makes failing modules smaller, for as long as `fails` holds: bodies become `unreachable`, then ever smaller runs
 * of instructions are taken out where the rest stays valid.
 */
export async function minimise(
  modules: readonly GeneratedModule[],
  fails: (modules: GeneratedModule[]) => Promise<boolean>,
  deadlineMs: number,
): Promise<GeneratedModule[]> {
  let best = [...modules];
  const late = () => performance.now() > deadlineMs;
  const attempt = async (at: number, bytes: Uint8Array): Promise<boolean> => {
    if (late() || !WebAssembly.validate(bytes as BufferSource)) return false;
    const candidate = best.map((m, i) => (i === at ? { ...m, bytes } : m));
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let changed = true; changed && !late(); ) {
    changed = false;
    for (let m = 0; m < best.length; m++) {
      const shape = shapeOf(best[m]!.bytes);
      let bodies = readBodies(best[m]!.bytes, shape);
      const tryBodies = async (next: BodyParts[]): Promise<boolean> => {
        if (!(await attempt(m, withBodies(best[m]!.bytes, shapeOf(best[m]!.bytes), next)))) return false;
        bodies = next;
        changed = true;
        return true;
      };
      for (let f = 0; f < bodies.length; f++) {
        const replaced = (instructions: number[][]) =>
          bodies.map((b, i) => (i === f ? { ...b, instructions } : b));
        if (bodies[f]!.instructions.length > 1) await tryBodies(replaced([UNREACHABLE]));
        for (let run = bodies[f]!.instructions.length >> 1; run >= 1; run >>= 1) {
          for (let i = 0; i + run <= bodies[f]!.instructions.length && !late(); ) {
            const { instructions } = bodies[f]!;
            const without = [...instructions.slice(0, i), ...instructions.slice(i + run)];
            const cut = [...instructions.slice(0, i), UNREACHABLE, ...instructions.slice(i + run)];
            if (!(await tryBodies(replaced(without))) && !(run > 2 && (await tryBodies(replaced(cut)))))
              i += Math.max(1, run >> 1);
          }
        }
      }
    }
  }
  return best;
}
