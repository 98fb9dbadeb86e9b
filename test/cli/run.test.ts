import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  exitingGuest,
  floodingGuest,
  folderWith,
  stuckGuest,
  writingGuest,
  wv,
  wvBytes,
  wvReadLate,
  wvUntil,
} from "./support.js";

const folder = folderWith({
  "exit-7.wat": exitingGuest(7),
  "exit-256.wat": exitingGuest(256),
  "exit-minus.wat": exitingGuest(-1),
  "stuck.wat": stuckGuest,
  "bytes.wat": writingGuest("\\ff\\00\\c3\\1b[2J", 7),
  "flood.wat": floodingGuest(0),
  "long.wat": floodingGuest(20_000),
  "half.wat": writingGuest("no end", 6),
  "foreign.wat": `(module (import "env" "fd_write" (func (param i32 i32 i32 i32) (result i32))) (import "env" "m" (memory 1)))`,
  "typo.wat": "(module (func $f (result i32) i64.const 1))",
  "text.wasm": "hello",
  "cut.wasm": Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 9]),
  "feature.wasm": Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x5f, 1, 0x7f]),
  "my guest.wat": exitingGuest(3),
});
const file = (name: string) => join(folder, name);

describe("one guest", () => {
  it("writes to the standard output, byte for byte; all else goes to the standard error", () => {
    expect(wvBytes(["run", file("bytes.wat")])).toEqual(Buffer.from("\xff\0\xc3\x1b[2J", "latin1"));
    const { code, stdout, stderr } = wv(["run", "hello"]);
    expect(code).toBe(0);
    expect(stdout).toBe("Hello from a guest in WebAssembly text.\n");
    expect(stderr).toMatch(
      /^● hello powered off \(.* CPU time, \d+ units, 1 slice, 1 hypercall, 1 page\)\n$/,
    );
  });

  it("is read from a path, also one with spaces, from the standard input, and by its bundled name", () => {
    expect(wv(["run", file("my guest.wat")]).code).toBe(3);
    expect(wv(["run", "-q", "-"], exitingGuest(9))).toEqual({ code: 9, stdout: "", stderr: "" });
  });

  it("has arguments, either of its own or those behind --", () => {
    expect(wv(["run", "primes 100"]).stdout).toContain("25 primes below 100\n");
    expect(wv(["run", "primes", "--", "100"]).stdout).toContain("25 primes below 100\n");
    expect(wv(["run", "primes 100", "--", "1000"]).stdout).toContain("25 primes below 100\n");
  });

  it("reads what is piped in, up to the end of it", () => {
    const { code, stdout } = wv(["run", "shell"], "echo first\necho sec");
    expect(code).toBe(0);
    expect(stdout).toMatch(/first[\s\S]*sec/);
  });
});

describe("exit codes", () => {
  it("are those that a single guest powers off with, 255 for codes that a process cannot have", () => {
    expect(wv(["run", file("exit-7.wat")]).code).toBe(7);
    expect(wv(["run", file("exit-256.wat")]).code).toBe(255);
    expect(wv(["run", file("exit-minus.wat")]).code).toBe(255);
    expect(wv(["run", "shell"], "exit 12\n").code).toBe(12);
  });

  it("tell of several guests that one powered off with another code", () => {
    expect(wv(["run", "hello", file("exit-7.wat")]).code).toBe(1);
    expect(wv(["run", "2xhello"]).code).toBe(0);
  });

  it("tell a crash, a timeout and a spent budget apart, a crash before the others", () => {
    expect(wv(["run", "crash 1"]).code).toBe(134);
    expect(wv(["run", "spin", "--timeout", "50ms"]).code).toBe(124);
    expect(wv(["run", "spin", "--budget", "1M"]).code).toBe(125);
    expect(wv(["run", "-b", "5M", "spin", "crash 1"]).code).toBe(134);
  });

  it("tell of a guest that waits for what never comes, which ends the run", () => {
    const { code, stderr } = wv(["run", file("stuck.wat")]);
    expect(code).toBe(1);
    expect(stderr).toContain("stuck waits for ever");
  });

  it("are 3 for a module that is refused, before any guest has run, and each reason is told", () => {
    const refused = (...names: string[]) => {
      const { code, stdout, stderr } = wv(["run", "hello", ...names]);
      expect({ code, stdout }, stderr).toEqual({ code: 3, stdout: "" });
      return stderr;
    };
    expect(refused(file("foreign.wat"))).toMatch(
      /is refused:\n {2}- .*fd_write.*\n {2}- .*memory.*\n {2}- .*hv_start/,
    );
    expect(refused(file("typo.wat"))).toMatch(/typo\.wat:1:31: error: type mismatch/);
    expect(refused(file("text.wasm"))).toMatch(/not a WebAssembly module/);
    expect(refused(file("cut.wasm"))).toMatch(/cut\.wasm is refused: .*at byte \d+/);
    expect(refused(file("feature.wasm"))).toMatch(/feature\.wasm is refused: .*at byte \d+/);
    expect(refused(folder)).toMatch(/is a folder/);
    expect(refused("no-such-guest")).toMatch(/neither a file nor a bundled guest; bundled are: .*hello/);
    expect(refused("threads", "-m", "1")).toMatch(/threads is refused: .*raise --memory/);
  });

  it("are 2 for a command line that is wrong, and what is wrong is told", () => {
    const wrong = (...args: string[]) => {
      const { code, stdout, stderr } = wv(args);
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
      return stderr;
    };
    expect(wrong("run")).toMatch(/missing required argument 'guest'/);
    expect(wrong("run", "hello", "--nonsense")).toMatch(/unknown option '--nonsense'/);
    expect(wrong("run", "hello", "--memory", "16MB")).toMatch(/'16MB' is invalid. Write 16MiB/);
    expect(wrong("run", "hello", "--timeout", "2")).toMatch(/'2' is invalid. Write 500ms, 2s/);
    expect(wrong("run", "hello", "--budget", "lots")).toMatch(/'lots' is invalid/);
    expect(wrong("run", "hello", "--scheduler", "fair")).toMatch(/Allowed choices are credit, rr/);
    expect(wrong("run", "hello", "--seed", "1")).toMatch(/--deterministic/);
    expect(wrong("run", "hello", "-d", "--quantum", "1ms")).toMatch(/--quantum/);
    expect(wrong("run", "hello", "--console", "nobody")).toMatch(/no such domain; there are: hello/);
    expect(wrong("run", "a=")).toMatch(/the module is missing/);
    expect(wrong("rum", "hello")).toMatch(/unknown command 'rum'[\s\S]*Did you mean run/);
    expect(wrong()).toMatch(/^Usage: wv/);
  });
});

describe("several guests", () => {
  it("write lines with their names before them, whole ones, also where the end of one is missing", () => {
    const { code, stdout } = wv(["run", "a=hello", "long-name=hello", file("half.wat"), "primes 50"]);
    expect(code).toBe(0);
    const lines = stdout.split("\n").slice(0, -1);
    expect(lines).toContain("a         │ Hello from a guest in WebAssembly text.");
    expect(lines).toContain("long-name │ Hello from a guest in WebAssembly text.");
    expect(lines).toContain("half      │ no end");
    for (const line of lines) expect(line).toMatch(/^(a|long-name|half|primes) +│ /);
  });

  it("cannot write what would change the terminal", () => {
    const { stdout } = wv(["run", "hello", file("bytes.wat")]);
    expect(stdout).toContain("bytes │ \ufffd␀\ufffd␛[2J\n");
  });

  it("are told in a table: how each ended, and what it used", () => {
    const { stderr } = wv(["run", "hello", "3xspin", "-t", "100ms"]);
    const [titles, ...rows] = stderr.trimEnd().split("\n");
    expect(titles).toMatch(
      /^DOMAIN +ENDED +CPU TIME +SHARE +BUDGET +SLICES +SWITCHES +UPCALLS +HYPERCALLS +PAGES$/,
    );
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 2))).toEqual([
      ["hello", "powered off"],
      ["spin-1", "timed out"],
      ["spin-2", "timed out"],
      ["spin-3", "timed out"],
    ]);
  });

  it("of one kind share a line of the table when there are very many", () => {
    const { stdout, stderr } = wv(["run", "30xhello"]);
    expect(stdout.split("\n").length).toBe(31);
    expect(stderr).toMatch(/^hello-1 +powered off, 30 of them /m);
  });

  it("share the standard input with nobody: the interactive one has it", () => {
    const { code, stdout } = wv(["run", "hello", "shell"], "echo here\nexit 0\n");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shell │ .*here$/m);
    const { stdout: other } = wv(["run", "a=shell", "b=shell", "--console", "b"], "echo here\n");
    expect(other).toMatch(/^b │ here$/m);
    expect(other).not.toMatch(/^a │ .*here$/m);
  });

  it("go on when one crashes, and the crash is told with its stack in the original module", () => {
    const { code, stdout, stderr } = wv(["run", "crash 1", "primes 1000"]);
    expect(code).toBe(134);
    expect(stdout).toContain("168 primes below 1000");
    expect(stderr).toMatch(/✗ crash crashed: trap: .*out of bounds/);
    expect(stderr).toMatch(
      / in read_field +at byte 0x[0-9a-f]+, function \d+\n +by parse_record .*\n +by handle_message /,
    );
    expect(stderr).toMatch(
      /context 0, stack pointer 0x[0-9a-f]+, upcalls masked\n +last hypercall console_write/,
    );
  });

  it("do not wait for one that floods an output which nobody reads; it waits itself", async () => {
    const args = ["run", "-t", "2s", "-b", "20M", file("flood.wat"), "spin"];
    const { code, stdout, stderr } = await wvReadLate(args, "DOMAIN");
    expect(code).toBe(124);
    expect(stderr).toMatch(/^flood +timed out /m);
    expect(stderr).toMatch(/^spin +spent its budget /m);
    expect(stdout.length).toBeLessThan(1_000_000);
    const lines = stdout.split("\n").filter((line) => line.startsWith("flood"));
    expect(lines.length).toBeGreaterThan(100);
    expect(new Set(lines.slice(0, -1))).toEqual(new Set(["flood │ 0123456789abcde"]));
  });

  it("lose nothing of what they wrote before they ended, however late it is read", async () => {
    const args = ["run", "-q", file("long.wat"), "b=hello"];
    const { code, stdout } = await wvReadLate(args, undefined);
    expect(code).toBe(0);
    expect(stdout.length).toBe(20_000 * ("long │ ".length + 16) + 47);
  });

  it("are told quietly with -q: crashes alone", () => {
    expect(wv(["run", "-q", "2xhello"]).stderr).toBe("");
    expect(wv(["run", "-q", "2xhello", "crash 1"]).stderr).toMatch(/^✗ crash crashed[\s\S]*units spent\n$/);
  });
});

describe("colours", () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const codes = /\x1b/;
  const args = ["run", "hello", "crash 1"];
  it("are not in pipes, whatever the terminal can do, unless FORCE_COLOR asks for them", () => {
    const plain = wv(args, "", { TERM: "xterm-256color", CI: "true" });
    expect(plain.stdout + plain.stderr).not.toMatch(codes);
    const colored = wv(args, "", { FORCE_COLOR: "1" });
    expect(colored.stdout).toMatch(codes);
    expect(colored.stderr).toMatch(codes);
    expect(wv(args, "", { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).not.toMatch(codes);
  });
});

describe("--json", () => {
  interface Document {
    readonly exitCode: number;
    readonly domains: readonly {
      readonly name: string;
      readonly outcome: { readonly kind: string; readonly code?: number; readonly stack?: unknown[] };
      readonly console: { readonly encoding: string; readonly data: string; readonly bytes: number };
      readonly [fact: string]: unknown;
    }[];
    readonly host?: object;
  }
  const json = (args: string[], input = "") => {
    const { code, stdout, stderr } = wv(["run", "--json", ...args], input);
    const document = JSON.parse(stdout) as Document;
    expect(document.exitCode).toBe(code);
    expect(stderr).toBe("");
    return document;
  };

  it("is one document with all that is known, consoles included", () => {
    const { domains, host } = json(["hello", "crash 1", "s=shell", file("bytes.wat")], "exit 5\n");
    const numbers = [
      ...["id", "pages", "maximumPages", "contexts", "runningNs", "runnableNs", "blockedNs", "offlineNs"],
      ...[
        "spentUnits",
        "slices",
        "quanta",
        "hypercalls",
        "upcalls",
        "contextSwitches",
        "reboots",
        "coreBytes",
      ],
    ];
    for (const domain of domains) {
      for (const name of numbers) expect(domain[name], `${domain.name}.${name}`).toBeTypeOf("number");
      expect(domain).toMatchObject({ state: "ended", stuck: false });
    }
    expect(host).toMatchObject({ switches: expect.any(Number) });
    expect(domains.map(({ name }) => name)).toEqual(["hello", "crash", "s", "bytes"]);
    expect(domains.map(({ outcome }) => outcome.kind)).toEqual(["poweroff", "crash", "poweroff", "poweroff"]);
    expect(domains[2]!.outcome.code).toBe(5);
    expect(domains[1]!.outcome.stack!.length).toBeGreaterThan(3);
    expect(domains[0]!.console).toEqual({
      encoding: "utf8",
      data: "Hello from a guest in WebAssembly text.\n",
      bytes: 40,
    });
    expect(domains[3]!.console).toEqual({ encoding: "base64", data: "/wDDG1sySg==", bytes: 7 });
  });

  it("is the same each time in deterministic mode, input from a pipe included", () => {
    const run = () =>
      wv(["run", "-d", "--json", "clock 3 10", "threads", "crash", "shell"], "rand 8\nuptime\n");
    const first = run();
    expect(first.code).toBe(134);
    expect(run()).toEqual(first);
    expect(first.stdout).toContain("uptime");
    const seeded = wv(["run", "-d", "--seed", "7", "--json", "shell"], "rand 8\n").stdout;
    const other = wv(["run", "-d", "--seed", "8", "--json", "shell"], "rand 8\n").stdout;
    expect(seeded).not.toBe(other);
  });

  it("keeps to its promise when a module is refused: nothing on the standard output", () => {
    expect(wv(["run", "--json", file("cut.wasm")])).toMatchObject({ code: 3, stdout: "" });
  });
});

describe("a run that is ended from outside", () => {
  it("destroys all guests and prints the summary at a signal", async () => {
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
      ["SIGHUP", 129],
    ] as const) {
      const found = await wvUntil(["run", "spin", "primes 100"], "25 primes below 100", (pid) =>
        process.kill(pid, signal),
      );
      expect(found.code).toBe(code);
      expect(found.stderr).toMatch(
        new RegExp(`Stopped by ${signal}(.|\n)*\nspin +destroyed .*\nprimes +powered off `),
      );
    }
  });
});
