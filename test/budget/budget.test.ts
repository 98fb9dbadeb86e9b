import { describe, expect, it } from "vitest";
import { randomNumbers } from "../support/random.mjs";
import { inPieces, measure, UNCUT } from "./measure.js";
import { budgetSubjects } from "./subjects.js";

const subjects = await budgetSubjects();

describe("a run spends the same budget, to the unit, however it is sliced", () => {
  for (const subject of subjects) {
    it(subject.name, () => {
      const whole = measure(subject, UNCUT);
      expect(whole.pieces).toBe(1);
      expect(whole.spent).toBeGreaterThan(100_000);

      const hundred = measure(subject, inPieces(whole.spent, 100));
      expect(hundred.pieces).toBeGreaterThan(40);
      const many = measure(subject, inPieces(whole.spent, 100_000));
      expect(many.pieces).toBeGreaterThan(5_000);
      const next = randomNumbers(7);
      const random = measure(subject, () => Math.ceil((whole.spent / 20) ** next()));

      for (const sliced of [hundred, many, random]) {
        expect(sliced.spent).toBe(whole.spent);
        expect(sliced.result).toEqual(whole.result);
      }
    });
  }
});
