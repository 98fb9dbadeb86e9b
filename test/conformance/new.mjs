// node test/conformance/new.mjs GROUP/NAME HYPERCALL..: writes the skeleton of a test.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readAbi } from "../../tools/abi/model.mjs";
import { folder } from "./assemble.mjs";
import { casesOf } from "./cases.mjs";

const [name, ...hypercalls] = process.argv.slice(2);
const fail = (text) => {
  console.error(text);
  process.exit(1);
};
if (!/^[a-z-]+\/[a-z-]+$/.test(name ?? "") || hypercalls.length === 0) {
  fail(
    "usage: node test/conformance/new.mjs GROUP/NAME HYPERCALL..   (for example console/write-twice console_write)",
  );
}
const path = join(folder, `${name}.wat`);
if (existsSync(path)) fail(`${path} exists`);
const known = (await readAbi()).hypercalls;
const tested = hypercalls.map(
  (each) => known.find((hypercall) => hypercall.name === each) ?? fail(`there is no hypercall ${each}`),
);
const calls = tested.map(({ name, parameters }) => {
  const values = parameters.map(({ name, wasm }) => ` (${wasm}.const 0 (; ${name} ;))`).join("");
  return `  (call $expect "what is expected" (abi -Errno.Inval) (call $${name}${values}))`;
});
mkdirSync(dirname(path), { recursive: true });
writeFileSync(
  path,
  `;; TITLE: a sentence about what ${hypercalls.join(" and ")} must do
;; ARGUMENT: why this has to hold, and what would go wrong if it did not.
;; @tests ${hypercalls.join(" ")}
;; @cases ${casesOf(tested[0]).join(" ")}
(func $test
${calls.join("\n")})
`,
);
console.log(path);
