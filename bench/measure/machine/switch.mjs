// A switch between two stacks, each so many frames deep, in ns: `node measure/machine/switch.mjs
// '{"schemes":["wasmvisor","asyncify"],"depths":[1,10],"rounds":25}'` prints `{ DEPTH: { SCHEME: figures } }`.
//
// One sample runs two recursions with N stops each at their bottoms, and again with none; the difference over 2 N.
import { inTurns } from "../../lib/rounds.mjs";
import { switchers } from "../../schemes/switch.mjs";

const { schemes, depths, rounds } = JSON.parse(process.argv[2]);
const stopsAt = (depth) => Math.max(40, Math.round(4000 / (1 + depth / 4)));

const made = {};
for (const name of schemes) made[name] = await switchers[name]();
const results = {};
for (const depth of depths) {
  const stops = stopsAt(depth);
  const values = new Set();
  const sample =
    ({ run }) =>
    async () => {
      const whole = await run(depth, stops);
      const bare = await run(depth, 0);
      values.add(`${whole.value} ${bare.value}`);
      return (whole.ns - bare.ns) / (2 * stops);
    };
  const variants = Object.fromEntries(schemes.map((name) => [name, sample(made[name])]));
  results[depth] = await inTurns(variants, { rounds, warm: 60 });
  if (values.size > 1)
    throw new Error(`bench: at depth ${depth} the schemes give different values: ${[...values]}`);
}
console.log(JSON.stringify(results));
for (const { close } of Object.values(made)) await close();
