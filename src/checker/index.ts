// The checker: is this output of the translator safe to run? It trusts neither the translator nor the manifest
// in the module; it does trust the engine to validate types. docs/checker.md has the rules, and why they are enough.
import { maxProblems } from "./limits.js";
import { decodeModule } from "./module.js";
import { describeProblem, type Problem, Refusal, type Stats, type Verdict } from "./verdict.js";
import { Verifier } from "./verifier.js";

export { type Feature, featuresOf } from "./features.js";
export type { Problem, Rule, Stats, Verdict } from "./verdict.js";
export { describeProblem } from "./verdict.js";

/** Never throws: whatever is wrong with the bytes is a problem of the verdict. Takes time linear in their number. */
export function verify(bytes: Uint8Array): Verdict {
  const problems: Problem[] = [];
  const note = (error: unknown, functionIndex: number): void => {
    if (error instanceof Refusal) problems.push(error.toProblem(functionIndex));
    else
      problems.push({ rule: "malformed", functionIndex, offset: 0, message: `the checker failed: ${error}` });
  };
  try {
    const stats = new Verifier(decodeModule(bytes), note).run();
    if (problems.length === 0) return { ok: true, stats };
  } catch (error) {
    note(error, -1);
  }
  return { ok: false, problems: problems.slice(0, maxProblems) };
}

/** Throws an `Error` that lists the first problems when the module breaks a rule. */
export function assertVerified(bytes: Uint8Array): Stats {
  const verdict = verify(bytes);
  if (verdict.ok) return verdict.stats;
  const shown = verdict.problems.slice(0, 5).map((problem) => `  ${describeProblem(problem)}`);
  throw new Error(`the translated module breaks the rules:\n${shown.join("\n")}`);
}
