import { expect, it } from "vitest";
import { ByteWriter } from "../../src/core/snapshot/byte-writer.js";
import { SectionId } from "../../src/core/snapshot/container.js";
import { copyMemory, fillMemory, readMemory, writeMemory } from "../../src/core/snapshot/memory-pages.js";
import { SectionReader } from "../../src/core/snapshot/section-reader.js";
import { nodePlatform } from "../../src/platform/node/index.js";

const PAGE = 65_536;

it("a memory comes back from a file, whatever is in it; empty pages take no room, and none grows", async () => {
  const memory = new WebAssembly.Memory({ initial: 200 });
  const bytes = new Uint8Array(memory.buffer);
  // 70 random pages, 60 empty ones, 70 of text.
  for (let page = 0; page < 70; page++)
    crypto.getRandomValues(bytes.subarray(page * PAGE, (page + 1) * PAGE));
  for (let at = 130 * PAGE; at < bytes.length; at++) bytes[at] = 97 + (at % 7);
  const writer = new ByteWriter();
  await writeMemory(writer, copyMemory(memory), nodePlatform.compression);
  expect(writer.bytes.length).toBeLessThan(72 * PAGE);
  expect(writer.bytes.length).toBeGreaterThan(70 * PAGE);

  const reader = new SectionReader({ id: SectionId.Memory, bytes: writer.bytes });
  const other = new WebAssembly.Memory({ initial: 200 });
  await fillMemory(other, readMemory(reader, 200), nodePlatform.compression);
  expect(Buffer.compare(new Uint8Array(other.buffer), bytes)).toBe(0);
});
