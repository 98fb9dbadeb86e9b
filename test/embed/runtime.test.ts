import { describe, expect, it } from "vitest";
import { arithmetic, embed } from "./hand-made.js";

describe("the runtime module", () => {
  it("takes memory back from calls that are over", () => {
    const instance = embed.instantiateSync(arithmetic, {}, { stackBytes: 1 << 20 });
    const { memory } = instance.runtime.exports;
    const run = () => {
      const calls = Array.from({ length: 20 }, () => instance.start("fact", [5000]));
      for (const call of calls) call.step(4 * 3000);
      for (const call of calls) call.drop();
    };
    run();
    const bytes = memory.buffer.byteLength;
    for (let round = 0; round < 20; round++) run();
    expect(memory.buffer.byteLength).toBe(bytes);
    expect(instance.runtime.exports.held.value).toBe(0);
  });

  it("says which option is wrong and what it may be", () => {
    expect(() => embed.createRuntime({ stackBytes: -1 })).toThrow(/stackBytes is -1.*1024/);
    expect(() => embed.createRuntime({ quantum: 0.5 })).toThrow(/quantum is 0.5/);
    const instance = embed.instantiateSync(arithmetic);
    expect(() => instance.start("count", [1], { budget: Number.NaN })).toThrow(/budget is NaN/);
    expect(() => instance.start("count", [1]).step(0)).toThrow(/quantum is 0/);
  });
});
