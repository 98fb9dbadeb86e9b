// Save and restore of a domain with so much memory, beside structuredClone of the same bytes, in ms:
// `node measure/snapshot.mjs '{"mib":16,"content":"real","rounds":7}'` prints `{ save, restore, clone, fileBytes }`.
// content: "random", or "real": text and machine code of files that are at hand, and a quarter of the pages empty.
import { randomFillSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseWat, wasmvisor } from "../lib/machine.mjs";
import { root } from "../lib/paths.mjs";
import { inTurns } from "../lib/rounds.mjs";

const { mib, content, rounds } = JSON.parse(process.argv[2]);
const PAGE = 65_536;
const pages = mib * 16;
const core = (file) => import(pathToFileURL(join(root, "dist/core/snapshot", file)).href);
const { Machine } = await wasmvisor();
const { readContainer, SectionId, writeContainer } = await core("container.js");
const { ByteWriter } = await core("byte-writer.js");
const { writeMemory } = await core("memory-pages.js");
const { nodePlatform } = await import(pathToFileURL(join(root, "dist/platform/node/index.js")).href);

const module = await parseWat(`(module (memory ${pages}) (func (export "hv_start") (loop $l (br $l))))`);
const machine = await Machine.boot();
const options = { memoryPages: pages, paused: true };
const empty = await machine.create({ ...options, module });
const sections = readContainer(await empty.save({ destroy: true }));

// A guest's memory is its own: content comes in by way of a file.
const bytes = content === "random" ? random() : real();
const used = Array.from({ length: pages }, (_, page) => page).filter(
  (page) => content === "random" || page % 4 !== 3,
);
const kept = new Uint8Array(used.length * PAGE);
for (const [place, page] of used.entries())
  kept.set(bytes.subarray(page * PAGE, (page + 1) * PAGE), place * PAGE);
for (let page = 3; content !== "random" && page < pages; page += 4)
  bytes.fill(0, page * PAGE, (page + 1) * PAGE);
const writer = new ByteWriter();
writer.unsigned(1);
await writeMemory(writer, { pages, used, content: kept }, nodePlatform.compression);
const full = writeContainer(
  sections.map((one) => (one.id === SectionId.Memory ? { id: one.id, bytes: writer.bytes } : one)),
);
const domain = await machine.restore(full, options);

let fileBytes = 0;
const timed = async (act) => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};
const save = () =>
  timed(async () => {
    fileBytes = (await domain.save()).length;
  });
const restore = async () => {
  let copy;
  const ms = await timed(async () => {
    copy = await machine.restore(full, options);
  });
  copy.destroy();
  return ms;
};
const clone = () => timed(() => structuredClone(bytes));
const turns = await inTurns({ save, restore, clone }, { rounds, warm: 1 });
console.log(JSON.stringify({ ...turns, fileBytes }));
await machine.close();

function random() {
  const bytes = new Uint8Array(pages * PAGE);
  for (let at = 0; at < bytes.length; at += 1 << 26)
    randomFillSync(bytes, at, Math.min(1 << 26, bytes.length - at));
  return bytes;
}

function real() {
  const folders = ["build", "node_modules/typescript/lib", "bench/kernels"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => /\.(wasm|js)$/.test(name))
      .map((name) => readFileSync(join(root, folder, name))),
  );
  const all = Buffer.concat(files);
  const bytes = new Uint8Array(pages * PAGE);
  for (let at = 0; at < bytes.length; at += all.length) bytes.set(all.subarray(0, bytes.length - at), at);
  return bytes;
}
