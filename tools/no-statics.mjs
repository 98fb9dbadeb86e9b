// State of the core lives in memory that its first instance lays out from __heap_base, never in static data
// and never in collected objects: an instance that joins a shared memory would zero the one and use the
// other's allocator against its fellows. asc allows both without a word, so this looks for their traces in
// the unoptimized text, where every segment and every function that is reached still has its name.
import { readFile } from "node:fs/promises";
import asc from "assemblyscript/asc";

/**
 * What a module keeps outside of the memory that it lays out itself: one line for each finding, none if it is
 * clean. `entry` is an AssemblyScript file; `sources` may replace files of the disk (path to text).
 */
export async function staticsOf(entry, sources = {}) {
  let text = "";
  const { error, stderr } = await asc.main(
    [entry, "--runtime", "stub", "--noAssert", "--use", "abort=", "-O0", "--textFile", "out.wat"],
    {
      readFile: async (name) => sources[name] ?? (await readFile(name, "utf8").catch(() => null)),
      writeFile: (name, contents) => {
        if (name === "out.wat") text = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`no-statics: asc cannot compile ${entry}: ${error.message}\n${stderr}`);

  const findings = [];
  for (const [, name] of text.matchAll(/^ \(func \$~lib\/rt\/(\S+)/gm)) {
    findings.push(`the allocator is reached: ~lib/rt/${name}`);
  }
  for (const [, offset, start] of text.matchAll(/^ \(data \S+ \(i32\.const (\d+)\) "(.{0,32})/gm)) {
    findings.push(`static data at address ${offset}: "${start}`);
  }
  return findings;
}
