// npm run conformance [-- PATTERN --preempt every --deterministic --json --export FILE]
//
// Runs the guests whose name contains PATTERN and tells each one's verdict. Exit code: 0 when no test fails, 1 when one
// does, 2 when a test itself is in error. `--export`: writes the guests as data for other environments, runs none.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { assembleAll } from "./assemble.mjs";
import { MODES, runGuest, toJson, VERDICTS } from "./suite.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    preempt: { type: "string" },
    deterministic: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    export: { type: "string" },
  },
});
if (values.preempt !== undefined && values.preempt !== "every") {
  console.error('--preempt: "every" is the only value');
  process.exit(2);
}

const all = await assembleAll();
const guests = all.filter(({ name }) => name.includes(positionals[0] ?? ""));
if (values.export) {
  writeFileSync(values.export, toJson(guests));
  console.log(`${guests.length} guests`);
  process.exit(0);
}

const { Machine } = await import("../../dist/node.js");
const machine = await Machine.boot({
  ...(values.preempt && MODES.every),
  ...(values.deterministic && MODES.deterministic),
});
const results = [];
for (const guest of guests) {
  const result = await runGuest(machine, guest, all);
  results.push(result);
  if (values.json) continue;
  console.log(`${result.verdict.padEnd(8)} ${result.name}: ${result.title}`);
  if (result.verdict !== "Success") for (const line of result.told) console.log(`         ${line}`);
}
await machine.close();
const counts = Object.fromEntries(
  VERDICTS.map((verdict) => [verdict, results.filter((result) => result.verdict === verdict).length]),
);
if (values.json) console.log(JSON.stringify({ node: process.version, counts, results }));
else console.log(VERDICTS.map((verdict) => `${verdict}: ${counts[verdict]}`).join(", "));
process.exitCode = counts.Failure ? 1 : counts.Error ? 2 : 0;
