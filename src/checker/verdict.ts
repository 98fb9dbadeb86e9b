/** The rules that a translated module has to keep; docs/checker.md says what each is for. */
export type Rule =
  | "malformed"
  | "unsupported"
  | "imports"
  | "exports"
  | "sections"
  | "forbidden"
  | "growth"
  | "bulk"
  | "loop-charge"
  | "budget-flow"
  | "budget-test"
  | "stack-flow"
  | "call-charge"
  | "stack-charge"
  | "runtime-call"
  | "table-kind"
  | "reference-kind"
  | "weight"
  | "refund";

/** One broken promise. `functionIndex` is -1 outside functions; `offset` counts bytes from the module's start. */
export interface Problem {
  rule: Rule;
  functionIndex: number;
  offset: number;
  message: string;
}

/** What was looked at; counts. */
export interface Stats {
  bytes: number;
  functions: number;
  /** Functions reached from what the module exports, holds in tables or refers to; the others cannot run. */
  reachable: number;
  /** Reachable ones that take and return the budget. */
  threaded: number;
  instructions: number;
  loops: number;
  charges: number;
  calls: number;
}

export type Verdict = { ok: true; stats: Stats } | { ok: false; problems: Problem[] };

/** Thrown while checking; caught by `verify`, which lists it. */
export class Refusal extends Error {
  constructor(
    readonly rule: Rule,
    readonly offset: number,
    message: string,
    readonly functionIndex = -1,
  ) {
    super(message);
  }

  toProblem(functionIndex: number): Problem {
    return {
      rule: this.rule,
      functionIndex: this.functionIndex >= 0 ? this.functionIndex : functionIndex,
      offset: this.offset,
      message: this.message,
    };
  }
}

export function describeProblem(problem: Problem): string {
  const where = problem.functionIndex < 0 ? "module" : `function ${problem.functionIndex}`;
  return `${problem.rule}: ${where}, offset ${problem.offset}: ${problem.message}`;
}
