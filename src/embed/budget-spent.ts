import { WasmvisorError } from "../base/errors.js";

/** spent: the budget of the whole call is used up; it can go on after addBudget(). */
export type StepOutcome = "suspended" | "waiting" | "spent" | "done";

/** A call that can go on, or be forgotten. */
export interface Resumable {
  /** failed: it is over, as the budget ran out in a pinned section, which cannot be suspended. */
  readonly status: string;
  /** In units. */
  readonly budget: number;
  readonly spent: number;
  readonly result: unknown;
  addBudget(units: number): void;
  step(quantum?: number): StepOutcome;
  runToEnd(quantum?: number): unknown;
  drop(): void;
}

/** A call has spent its whole budget. */
export class BudgetSpent extends WasmvisorError {
  override name = "BudgetSpent";
  /** The suspended call: addBudget() and step() or runToEnd() to go on, drop() to forget it. */
  readonly activation: Resumable;
  /** In units. */
  readonly budget: number;

  constructor(activation: Resumable, options?: ErrorOptions) {
    super(`The call has spent its whole budget of ${activation.budget} units`, options);
    this.activation = activation;
    this.budget = activation.budget;
  }
}
