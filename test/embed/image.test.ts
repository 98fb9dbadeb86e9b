import { describe, expect, it } from "vitest";
import { imageOf } from "../../src/embed/image.js";
import { assemble, core, embed } from "./hand-made.js";

const wat = (n: number) => `(module (func (export "f") (result i32) (i32.const ${n})))`;

describe("a module", () => {
  it("of the same bytes and options is translated and compiled once", () => {
    const first = imageOf(core, assemble(wat(1)), {});
    expect(imageOf(core, assemble(wat(1)), {})).toBe(first);
    expect(imageOf(core, assemble(wat(1)).buffer, {})).toBe(first);
    expect(imageOf(core, Buffer.from([9, 9, 9, ...assemble(wat(1))]).subarray(3), {})).toBe(first);
    expect(imageOf(core, assemble(wat(1)), { deterministic: true })).not.toBe(first);
    expect(imageOf(core, assemble(wat(2)), {})).not.toBe(first);
  });

  it("may be changed by its owner afterwards without any effect", () => {
    const bytes = assemble(wat(3));
    const image = imageOf(core, bytes, {});
    bytes.fill(0);
    expect(image.functionName(0)).toBe("f");
    expect(image.maps()?.code.size).toBeGreaterThan(0);
    expect(imageOf(core, assemble(wat(3)), {})).toBe(image);
  });

  it("is taken in its translated form too, without its names and offsets", () => {
    const { bytes } = embed.translate(assemble(wat(4)));
    expect(embed.instantiateSync({ bytes }).callSync("f")).toBe(4);
    expect(imageOf(core, { bytes }, {}).maps()).toBe(undefined);
  });

  it("that was not translated is refused where a translated one is expected, and says what to do", () => {
    expect(() => embed.instantiateSync({ bytes: assemble(wat(5)) })).toThrow(
      /not translated.*original bytes/,
    );
    for (const source of ["f.wasm", 5, null, undefined, {}]) {
      expect(() => embed.instantiateSync(source as never)).toThrow(/given as a Uint8Array/);
    }
  });
});
