#!/usr/bin/env node
// The entry of `wasmvisor` and `wv`.
import { basename } from "node:path";
import { runCommandLine } from "./program.js";

const called = basename(process.argv[1] ?? "", ".js");
const name = called === "wasmvisor" ? "wasmvisor" : "wv";
process.exitCode = await runCommandLine(name, process.argv.slice(2));
