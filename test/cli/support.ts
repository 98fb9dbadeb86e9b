// Runs the built program as a child process, as a user does.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

export const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** Nobody's settings for colours. */
export const environment = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, CI: undefined };

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `wv` to its end. `input`: what is piped into it; default: nothing. */
export function wv(
  args: readonly string[],
  input: string | Uint8Array = "",
  env: Readonly<Record<string, string>> = {},
): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: "utf8",
    env: { ...environment, ...env },
    input,
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}

/** The same with bytes for the output. */
export function wvBytes(args: readonly string[], input: string | Uint8Array = ""): Buffer {
  return spawnSync(process.execPath, [program, ...args], { env: environment, input }).stdout;
}

/** Starts `wv`, and reads its output only when the standard error has `text`, or after a while. */
export function wvReadLate(args: readonly string[], text: string | undefined): Promise<Finished> {
  const child = spawn(process.execPath, [program, ...args], { env: environment });
  let stdout = "";
  let stderr = "";
  const read = () => {
    if (child.stdout.listenerCount("data") > 0) return;
    child.stdout.on("data", (late) => {
      stdout += late;
    });
  };
  child.stderr.on("data", (bytes) => {
    stderr += bytes;
    if (text !== undefined && stderr.includes(text)) read();
  });
  if (text === undefined) setTimeout(read, 700);
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Starts `wv`; calls `act` when the output has `text` for the first time. */
export function wvUntil(
  args: readonly string[],
  text: string,
  act: (pid: number) => void,
): Promise<Finished> {
  const child = spawn(process.execPath, [program, ...args], { env: environment });
  let stdout = "";
  let stderr = "";
  let acted = false;
  child.stdout.on("data", (bytes) => {
    stdout += bytes;
    if (acted || !stdout.includes(text)) return;
    acted = true;
    act(child.pid!);
  });
  child.stderr.on("data", (bytes) => {
    stderr += bytes;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const folders: string[] = [];

/** A folder with these files, for as long as the tests of the file run. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "wv-cli-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Waits for an event that never comes. */
export const stuckGuest = `
(module
  (import "hv" "sched_block" (func $block (result i32)))
  (import "hv" "evtchn_next" (func $next (result i32)))
  (func (export "hv_start")
    (loop $again
      (drop (call $block))
      (loop $take (br_if $take (i32.ge_s (call $next) (i32.const 0))))
      (br $again))))`;

/** Powers off with a code. */
export const exitingGuest = (code: number) => `
(module
  (import "hv" "sched_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (func (export "hv_start") (drop (call $shutdown (i32.const 0) (i32.const ${code})))))`;

/** Writes so many lines, 0: for ever, of a length that a console holds a whole number of. */
export const floodingGuest = (lines: number) => `
(module
  (import "hv" "console_write" (func $write (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "0123456789abcde\\n")
  (func (export "hv_start")
    (local $written i32)
    (loop $more
      (drop (call $write (i32.const 0) (i32.const 16)))
      (local.set $written (i32.add (local.get $written) (i32.const 1)))
      (br_if $more (i32.ne (local.get $written) (i32.const ${lines}))))))`;

/** Writes these bytes, all at once, and returns. */
export const writingGuest = (bytes: string, length: number) => `
(module
  (import "hv" "console_write" (func $write (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "${bytes}")
  (func (export "hv_start")
    (local $at i32)
    (loop $more
      (local.set $at (i32.add (local.get $at)
        (call $write (local.get $at) (i32.sub (i32.const ${length}) (local.get $at)))))
      (br_if $more (i32.lt_u (local.get $at) (i32.const ${length}))))))`;
