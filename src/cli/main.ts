#!/usr/bin/env node
// The entry of `wasmvisor` and `wv`.
import { basename } from "node:path";
import { ExitCode } from "./exit-codes.js";
import { runCommandLine } from "./program.js";

// Nobody reads any more: as a program that the signal ends.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  process.exit(code === "EPIPE" ? ExitCode.BrokenPipe : ExitCode.Internal);
});

const called = basename(process.argv[1] ?? "", ".js");
const name = called === "wasmvisor" ? "wasmvisor" : "wv";
process.exitCode = await runCommandLine(name, process.argv.slice(2));
