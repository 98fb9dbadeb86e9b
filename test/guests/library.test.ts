// The hand-written parts of guests/lib.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import wabtInit from "wabt";
import { packageDir } from "../../bench/lib/packages.mjs";
import type { MachineOptions } from "../../src/node.js";
import { ASC_GUEST_FLAGS, compileC } from "../../tools/guests.mjs";
import { type Ended, ended, withMachine } from "./bundled.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "wasmvisor-library-"));
mkdirSync(join(scratch, "node_modules"));
symlinkSync(root, join(scratch, "node_modules/wasmvisor"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function run(module: Uint8Array, commandLine = "", options: MachineOptions = {}): Promise<Ended> {
  return withMachine(options, async (machine) =>
    ended(await machine.create({ module, commandLine, name: "nämé" })),
  );
}

describe("guests/lib/wat", () => {
  it("the idioms do what they say", async () => {
    const text = readFileSync(join(root, "guests/lib/wat/idioms.wat"), "utf8");
    const wabt = await wabtInit();
    const { buffer } = wabt.parseWat("idioms.wat", text).toBinary({});
    expect(await run(buffer)).toEqual({
      output: "slept until 20 ms\ninterrupted\n",
      outcome: { kind: "poweroff", code: 3 },
    });
  });
});

describe("guests/lib/as", () => {
  const program = (body: string) => `
    import { numberArgument } from "wasmvisor/guests/lib/as/arguments";
    import * as console from "wasmvisor/guests/lib/as/console";
    import { powerOff } from "wasmvisor/guests/lib/as/domain";
    import { monotonicNs, sleepUntilNs, wallNs } from "wasmvisor/guests/lib/as/time";
    export function hv_start(): void {${body}}`;

  it("prints numbers and texts, reads arguments, sleeps, and powers off", async () => {
    const source = program(`
      console.decimal(0); console.text(" "); console.decimal(u64.MAX_VALUE); console.text("|");
      console.decimal(42, 5); console.text("|"); console.decimal(42, 5, 0x30); console.text("|");
      console.signed(-7); console.text(" "); console.signed(i64.MIN_VALUE); console.endLine();
      console.hexadecimal(0); console.text(" "); console.hexadecimal(0xdeadbeef, 10); console.endLine();
      console.seconds(12_345_678_901); console.text("|"); console.seconds(5_000_000, 8); console.endLine();
      console.print("aäé€😀");
      console.print("${"y".repeat(300)}");
      for (let i: u32 = 0; i < 4; i++) { console.decimal(numberArgument(i, 99)); console.text(" "); }
      console.endLine();
      sleepUntilNs(3_000_000);
      console.decimal(monotonicNs() / 1_000_000); console.text(" "); console.decimal(wallNs() / 1_000_000_000);
      console.flush();
      powerOff(5);`);
    writeFileSync(join(scratch, "program.ts"), source);
    const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
    const args = [asc, "program.ts", ...ASC_GUEST_FLAGS, "-o", "program.wasm"];
    const { stderr, status } = spawnSync(process.execPath, args, { cwd: scratch, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    const { output, outcome } = await run(readFileSync(join(scratch, "program.wasm")), "  7 x 4294967295 ");
    expect(output.split("\n")).toEqual([
      "0 18446744073709551615|   42|00042|-7 -9223372036854775808",
      "0 00deadbeef",
      "12.345|   0.005",
      "aäé€😀",
      "y".repeat(255),
      "7 99 4294967295 99 ",
      "3 946684800",
    ]);
    expect(outcome).toEqual({ kind: "poweroff", code: 5 });
  });
});

const noClang = packageDir("@yowasp/clang", { fetch: false }) === undefined;
describe.skipIf(noClang)(`guests/lib/c${noClang ? " (skipped: npm run guests fetches clang)" : ""}`, () => {
  it("prints what printf prints, reads arguments, and moves memory", async () => {
    const source = `
      #include "guest.h"
      static char bytes[16] = "0123456789";
      HV_EXPORT(hv_start) void hv_start(void) {
        print("%d %d %u %x|%5d|%-5d|%05d|%5u|%08x\\n", 0, INT32_MIN, UINT32_MAX, 0xbeef, -42, -42, -42, 7, 0xabc);
        print("%lld %llu %llx %c%c %s|%6s|%-6s|%%\\n", INT64_MIN, UINT64_MAX, 0x123456789abcull, 'o', 'k', "text", "ab", "ab");
        print("%ld %lu|%3c|\\n", -1l, 1ul, 'z');
        char line[64], name[5];
        uint32_t length = command_line(line, sizeof line);
        const char *at = line;
        print("%u [%s] %u", length, line, next_number(&at, 99));
        print(" %u", next_number(&at, 98));
        print(" %u\\n", next_number(&at, 97));
        print("%u [%s]\\n", domain_name(name, sizeof name), name);
        memmove(bytes + 2, bytes, 8);
        print("%s ", bytes);
        memmove(bytes, bytes + 2, 8);
        print("%s ", bytes);
        memset(bytes, 'x', 3);
        memcpy(bytes + 3, "yy", 2);
        print("%s %d %d %u %d\\n", bytes, memcmp("abc", "abd", 3) < 0, memcmp("abc", "abd", 2), (uint32_t)strlen(bytes),
              text_equal("a", "a") && !text_equal("a", "ab") && !text_equal("ab", "a"));
        sleep_until_ns(3000000);
        print("%llu %llu\\n", monotonic_ns() / 1000000, wall_ns() / 1000000000);
        static char much[700];
        memset(much, 'm', sizeof much - 1);
        print("%s", much);
        write_bytes("\\n", 1);
        power_off(6);
      }`;
    const module = await compileC([["program.c", new TextEncoder().encode(source)]]);
    const { output, outcome } = await run(module, " 12  x");
    expect(output.split("\n")).toEqual([
      "0 -2147483648 4294967295 beef|  -42|-42  |-0042|    7|00000abc",
      "-9223372036854775808 18446744073709551615 123456789abc ok text|    ab|ab    |%",
      "-1 1|  z|",
      "6 [ 12  x] 12 98 97",
      "4 [näm]",
      "0101234567 0123456767 xxxyy56767 1 0 10 1",
      "3 946684800",
      "m".repeat(511),
      "",
    ]);
    expect(outcome).toEqual({ kind: "poweroff", code: 6 });
  }, 180_000); // clang takes seconds, on a busy machine many
});
