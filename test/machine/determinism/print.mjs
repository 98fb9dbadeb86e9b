// `node test/machine/determinism/print.mjs` prints as JSON what work.mjs gives on the Node.js that runs it.
import { Machine } from "../../../dist/node.js";
import { loadModules } from "./modules.mjs";
import { work } from "./work.mjs";

process.stdout.write(JSON.stringify(await work(Machine, await loadModules())));
