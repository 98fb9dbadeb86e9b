import { describe, expect, it } from "vitest";
import { DomainRefused, SnapshotError } from "../../src/base/errors.js";
import { readContainer, type Section, writeContainer } from "../../src/core/snapshot/container.js";
import { Machine } from "../../src/node.js";
import { guestBytes } from "./bundled.js";

const CASES = Number(process.env.WASMVISOR_SNAPSHOT_CASES ?? 1500);
const SEED = Number(process.env.WASMVISOR_SEED ?? 20261122);

function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A snapshot of a preemptive kernel in the middle of its work. */
async function someSnapshot(): Promise<Uint8Array<ArrayBuffer>> {
  const machine = await Machine.boot({ quantumUnits: 2000 });
  const module = await guestBytes("threads");
  const domain = await machine.create({ module, memoryPages: 4, paused: true });
  await domain.save();
  domain.unpause();
  while (domain.info().contexts < 4 || domain.info().quanta < 40) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  domain.pause();
  const file = await domain.save({ destroy: true, withModules: false });
  await machine.close();
  return file;
}

/** Changes a few bytes of one section, and writes the checksums that make the file whole again. */
function forged(file: Uint8Array, below: (n: number) => number): Uint8Array<ArrayBuffer> {
  const sections: Section[] = readContainer(file).map(({ id, bytes }) => ({ id, bytes: bytes.slice() }));
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const place = below(sections.length);
    const { id, bytes } = sections[place]!;
    switch (below(6)) {
      case 0:
        sections.splice(place, 1);
        break;
      case 1:
        sections.push({ id, bytes });
        break;
      case 2:
        sections[place] = { id, bytes: bytes.subarray(0, below(bytes.length + 1)) };
        break;
      default:
        if (bytes.length > 0) bytes[below(bytes.length)] = below(2) === 0 ? below(256) : 1 << below(8);
    }
    if (sections.length === 0) break;
  }
  return writeContainer(sections);
}

describe("a snapshot that somebody changed", () => {
  it("is refused, byte by byte, when its checksums do not fit", async () => {
    const file = await someSnapshot();
    const machine = await Machine.boot();
    const below = random(SEED);
    for (let i = 0; i < 300; i++) {
      const changed = below(4) === 0 ? file.slice(0, below(file.length)) : file.slice();
      if (changed.length === file.length) changed[below(file.length)]! ^= 1 + below(255);
      await expect(machine.restore(changed, { paused: true })).rejects.toThrow(SnapshotError);
    }
    expect(machine.domains.size).toBe(0);
    await machine.close();
  });

  it(`is refused, or runs within its limits, when it was forged (${CASES} cases, seed ${SEED})`, async () => {
    const [file, module] = [await someSnapshot(), await guestBytes("threads")];
    const machine = await Machine.boot({ memoryPages: 64 });
    const witness = await machine.create({ module: await guestBytes("hello"), paused: true });
    const below = random(SEED);
    const seen = { refused: 0, ended: 0, running: 0 };
    for (let i = 0; i < CASES; i++) {
      try {
        const domain = await machine.restore(forged(file, below), {
          findModule: () => module,
          memoryPages: 4,
          contextsMax: 16,
          budget: 3_000_000,
          timeoutMs: 10,
        });
        const { pages, contexts } = domain.info();
        expect(pages).toBeLessThanOrEqual(4);
        expect(contexts).toBeLessThanOrEqual(16);
        await domain.ended;
        seen.ended += 1;
        domain.destroy();
      } catch (error) {
        if (!(error instanceof SnapshotError) && !(error instanceof DomainRefused)) throw error;
        seen.refused += 1;
      }
    }
    expect(seen.refused).toBeGreaterThan(CASES / 10);
    expect(seen.ended).toBeGreaterThan(CASES / 10);
    expect(machine.stats().memoryPages).toBe(witness.info().pages);
    witness.unpause();
    expect(await witness.ended).toEqual({ kind: "poweroff", code: 0 });
    await machine.close();
  });
});
