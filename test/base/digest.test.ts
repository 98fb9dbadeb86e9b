import { afterEach, describe, expect, it, vi } from "vitest";
import { sha256 } from "../../src/base/digest.js";

afterEach(() => vi.unstubAllGlobals());

describe("SHA-256", () => {
  const abc = new TextEncoder().encode("abc");
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  it("is what the standard says", async () => {
    expect(await sha256(abc)).toBe(expected);
  });

  it("is the same on a page of an insecure origin, that has no crypto.subtle", async () => {
    vi.stubGlobal("crypto", {});
    expect(await sha256(abc)).toBe(expected);
  });
});
