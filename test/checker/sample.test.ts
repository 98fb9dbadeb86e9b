import { expect, it } from "vitest";
import { verify } from "../../src/checker/index.js";
import { assemble, sample } from "./assemble.js";

it("accepts a module that follows the pattern", () => {
  expect(verify(assemble(sample))).toMatchObject({ ok: true });
});
