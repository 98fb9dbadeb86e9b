import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DomainRefused, SnapshotError } from "../../src/base/errors.js";
import { ByteWriter } from "../../src/core/snapshot/byte-writer.js";
import { readContainer, SectionId, writeContainer } from "../../src/core/snapshot/container.js";
import * as node from "../../src/node.js";
import { hammer, victims } from "./mutants.mjs";
import { randomFrom } from "./relay.mjs";

// `npm run soak:snapshot -- --mutate 100000` does more of the same.
const CASES = Number(process.env.WASMVISOR_SNAPSHOT_CASES ?? 1200);
const SEED = Number(process.env.WASMVISOR_SEED ?? 20261122);
const library = { ...node, readContainer, writeContainer, DomainRefused, SnapshotError };

describe("a snapshot that somebody changed", () => {
  it("is refused, byte by byte, when its checksums do not fit", async () => {
    const [{ file }] = await victims(library);
    const machine = await node.Machine.boot({ deterministic: true });
    const below = randomFrom(SEED);
    for (let i = 0; i < 300; i++) {
      const changed = below(4) === 0 ? file.slice(0, below(file.length)) : file.slice();
      if (changed.length === file.length) changed[below(file.length)]! ^= 1 + below(255);
      await expect(machine.restore(changed, { paused: true })).rejects.toThrow(SnapshotError);
    }
    expect(machine.domains.size).toBe(0);
    await machine.close();
  });

  it("cannot make the host unpack more than the domain may have", async () => {
    const [{ file, modules }] = await victims(library);
    const deflated = deflateRawSync(new Uint8Array(64 * 65_536));
    // A thousand times the same 64 pages.
    const memory = new ByteWriter();
    for (const number of [1, 64, 1000]) memory.unsigned(number);
    for (let group = 0; group < 1000; group++) {
      memory.unsigned(64);
      for (let page = 0; page < 64; page++) memory.unsigned(0);
      memory.vector(deflated);
    }
    const image = new ByteWriter();
    image.unsigned(64 * 65_536);
    image.vector(deflated);
    const sections = readContainer(file);
    const machine = await node.Machine.boot({ deterministic: true });
    const tries = [
      [
        sections.map((one) => (one.id === SectionId.Memory ? { ...one, bytes: memory.bytes } : one)),
        "comes after",
      ],
      [[...sections, ...Array(9).fill({ id: SectionId.Image, bytes: image.bytes })], "more than instances"],
    ] as const;
    for (const [forged, text] of tries) {
      const options = { memoryPages: 64, ...(text === "comes after" && { findModule: () => modules[0]! }) };
      await expect(machine.restore(writeContainer(forged), options)).rejects.toThrow(text);
    }
    await machine.close();
  });

  it(`is refused, or runs within its limits, when it was forged (${CASES} cases, seed ${SEED})`, async () => {
    const seen = await hammer(library, CASES, randomFrom(SEED));
    for (const [name, ends] of Object.entries(seen)) {
      const all = Object.values(ends).reduce((sum, count) => sum + count, 0);
      expect(ends.refused, name).toBeGreaterThan(all / 10);
      expect(all - ends.refused!, name).toBeGreaterThan(all / 20);
    }
  });
});
