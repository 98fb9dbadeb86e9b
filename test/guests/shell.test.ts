import { describe, expect, it } from "vitest";
import type { Domain, DomainOptions, Machine, MachineOptions } from "../../src/node.js";
import { createBundled, outputOf, withMachine } from "./bundled.js";
import { screenOf } from "./screen.js";

const UP = "\x1b[A";
const DOWN = "\x1b[B";
const RIGHT = "\x1b[C";
const LEFT = "\x1b[D";
const HOME = "\x1b[H";
const END = "\x1b[F";
const DELETE = "\x1b[3~";
const control = (letter: string) => String.fromCharCode(letter.charCodeAt(0) - 64);

/** A shell that is typed at; each piece once it waits for input. */
async function withShell<T>(
  use: (type: (...pieces: string[]) => Promise<string[]>, shell: Domain, machine: Machine) => Promise<T>,
  machineOptions: MachineOptions = {},
  options: Partial<DomainOptions> = {},
): Promise<T> {
  return withMachine(machineOptions, async (machine) => {
    const shell = await createBundled(machine, "shell", "one two", options);
    await machine.settled();
    const type = async (...pieces: string[]) => {
      for (const piece of pieces) {
        shell.console.write(piece);
        await machine.settled();
      }
      return screenOf(outputOf(shell));
    };
    return use(type, shell, machine);
  });
}

/** What is on the screen behind the greeting once such keys were typed. */
const shown = (...pieces: string[]) => withShell(async (type) => (await type(...pieces)).slice(1));

describe("the shell's line editing", () => {
  it("shows what is typed, and runs it at the end of a line", async () => {
    expect(await shown("echo hello\r")).toEqual(["shell> echo hello", "hello", "shell>"]);
    expect(await shown("echo 1\necho 2\r\necho 3\r")).toEqual(
      ["shell> echo 1", "1", "shell> echo 2", "2", "shell> echo 3", "3", "shell>"], //
    );
  });

  it.each([
    ["backspace takes the character before the cursor", ["echo ab\x7fc\x08d"], "shell> echo ad"],
    [
      "left and right move, and what is typed goes where the cursor is",
      ["eho b", LEFT.repeat(4), "c", RIGHT.repeat(3), "a"],
      "shell> echo ab",
    ],
    ["delete takes the character at the cursor", ["exxcho", LEFT.repeat(5), DELETE, DELETE], "shell> echo"],
    ["home and end go to the ends", ["cho", HOME, "e", END, "!"], "shell> echo!"],
    ["Ctrl-A and Ctrl-E go to the ends", ["cho", control("A"), "e", control("E"), "!"], "shell> echo!"],
    [
      "Ctrl-K takes what is behind the cursor",
      ["echo abc", LEFT.repeat(2), control("K"), "x"],
      "shell> echo ax",
    ],
    ["Ctrl-U takes what is before the cursor", ["abc echo", LEFT.repeat(4), control("U")], "shell> echo"],
    [
      "keys at the ends of a line do nothing",
      ["\x7f", LEFT, HOME, DELETE, UP, DOWN, "e", RIGHT, END, DELETE],
      "shell> e",
    ],
    [
      "characters of several bytes are one",
      ["aäöü€😀b", LEFT.repeat(2), "\x7f", LEFT, DELETE, HOME, RIGHT, RIGHT, "x"],
      "shell> aäxö😀b",
    ],
    [
      "keys that it does not know do nothing",
      ["a", "\x1b[5~", "\x1b[1;5P", "\x1bOR", "\x00", "b"],
      "shell> ab",
    ],
    ["an escape sequence may come in pieces", ["ac", "\x1b", "[", "D", "b"], "shell> abc"],
  ])("%s", async (_, keys, line) => {
    expect(await shown(...keys)).toEqual([line]);
    expect(await shown(keys.join(""))).toEqual([line]);
  });

  it("recalls lines by up and down, and keeps what was typed meanwhile", async () => {
    const lines = ["echo 1\r", "echo 2\r", "unfinished"];
    expect((await shown(...lines, UP)).at(-1)).toBe("shell> echo 2");
    expect((await shown(...lines, UP, UP, UP, UP)).at(-1)).toBe("shell> echo 1");
    expect((await shown(...lines, UP, UP, DOWN)).at(-1)).toBe("shell> echo 2");
    expect((await shown(...lines, UP, UP, DOWN, DOWN, DOWN)).at(-1)).toBe("shell> unfinished");
    expect((await shown(...lines, UP, UP, "0\r")).slice(-2)).toEqual(["10", "shell>"]);
  });

  it("keeps the last lines, whatever their number", async () => {
    const many = Array.from({ length: 40 }, (_, i) => `echo ${i}\r`);
    expect((await shown(...many, UP.repeat(10))).at(-1)).toBe("shell> echo 30");
    expect((await shown(...many, UP.repeat(1000))).at(-1)).toBe("shell> echo 25");
  });

  it("shows the part of a long line that the cursor is in", async () => {
    const long = Array.from({ length: 150 }, (_, i) => i % 10).join("");
    const row = (await shown(long))[0]!;
    expect(row).toHaveLength(79);
    expect(row).toMatch(/^shell> \d+9$/);
    expect((await shown(long, HOME))[0]).toMatch(/^shell> 0123/);
    expect(await shown(`echo ${long}`, HOME, RIGHT.repeat(100), control("K"), "\r")).toContain(
      long.slice(0, 95),
    );
  });

  it("takes no more than a line has room for", async () => {
    const screen = await shown(`echo ${"x".repeat(1000)}`, "\r");
    expect(screen.at(-2)).toBe("x".repeat(250));
  });

  it("Ctrl-C drops the line, Ctrl-L clears the screen", async () => {
    expect(await shown("abc", control("C"), "echo 1\r")).toEqual([
      "shell> abc^C",
      "shell> echo 1",
      "1",
      "shell>",
    ]);
    const cleared = await withShell((type) => type("echo 1\r", "abc", control("L")));
    expect(cleared).toEqual(["shell> abc"]);
  });

  it("Ctrl-D takes a character, and powers off on an empty line; so does the end of input", async () => {
    await withShell(async (type, shell) => {
      expect((await type("abc", LEFT.repeat(2), control("D")))[1]).toBe("shell> ac");
      await type(control("U"), control("E"), "\x7f", control("D"));
      expect(await shell.ended).toEqual({ kind: "poweroff", code: 0 });
    });
    await withShell(async (_, shell) => {
      shell.console.end();
      expect(await shell.ended).toEqual({ kind: "poweroff", code: 0 });
    });
  });

  it("comes to the same screen when it is suspended at every safepoint", async () => {
    const keys = [
      "exxho 1",
      LEFT.repeat(5),
      DELETE,
      DELETE,
      "c",
      "\r",
      UP,
      "2",
      "\r",
      "info\r",
      "peek 0x400 20\r",
    ];
    const whole = await withShell((type) => type(...keys));
    const sliced = await withShell((type) => type(...keys), { quantumUnits: 1 });
    expect(sliced).toEqual(whole);
  });
});

describe("the shell's commands", () => {
  const answer = async (command: string, options: Partial<DomainOptions> = {}) =>
    withShell(async (type) => (await type(`${command}\r`)).slice(2, -1), {}, options);

  it("help lists them, and what is no command is said to be none", async () => {
    const help = await answer("help");
    const names = help.slice(0, -1).map((line) => line.split(" ")[0]);
    expect(names).toContain("runstate");
    expect(names).toHaveLength(19);
    expect(await answer("hlep")).toEqual(["hlep: no such command; try help"]);
    expect(await answer("   ")).toEqual([]);
  });

  it("info, mem and grow tell what the domain has, and get no more than it may have", async () => {
    expect(await answer("info", { memoryPages: 8, contextsMax: 5 })).toEqual([
      "domain     1, shell",
      "interface  0.1, contexts, upcalls, deterministic",
      "vCPUs      1, this is 0",
      "memory     8 pages of 64 KiB at most",
      "contexts   5 at most",
      "command    one two",
    ]);
    expect(await answer("mem", { memoryPages: 8 })).toEqual(["2 of 8 pages, 128 of 512 KiB"]);
    expect(await answer("grow 3", { memoryPages: 8 })).toEqual(["5 of 8 pages, 320 of 512 KiB"]);
    expect(await answer("grow 7", { memoryPages: 8 })).toEqual([
      "grow: refused",
      "2 of 8 pages, 128 of 512 KiB",
    ]);
  });

  it("peek and poke reach its own memory, and nothing beyond", async () => {
    const screen = await withShell((type) => type("poke 1024 0x48 0x69 10\r", "peek 0x400 20\r"));
    expect(screen.slice(2, 4)).toEqual([
      "shell> peek 0x400 20",
      "00000400  48 69 0a 00 00 00 00 00  00 00 00 00 00 00 00 00  Hi..............",
    ]);
    expect(screen[4]).toBe("00000410  00 00 00 00                                       ....");
    expect(await answer("peek 0x1fffc 4")).toHaveLength(1);
    expect(await answer("peek 0x1fffc 5")).toEqual(["peek: memory ends at 0x20000"]);
    expect(await answer("poke 0xffffffff 1")).toEqual(["poke: memory ends at 0x20000"]);
    expect(await answer("peek x")).toEqual(["peek: x is no number (such as 10 or 0x1f)"]);
    expect(await answer("peek")).toEqual(["peek ADDRESS [LENGTH]"]);
  });

  it("sleep takes the time that it is told to, and runstate accounts for it", async () => {
    await withShell(async (type) => {
      const before = await type("uptime\r");
      const after = await type("sleep 2500\r", "uptime\r");
      const up = (line: string) => Number(/^up (\d+\.\d{6}) s$/.exec(line)![1]);
      expect(up(after.at(-2)!) - up(before.at(-2)!)).toBeCloseTo(2.5, 2);
      const runstate = await type("runstate\r");
      expect(runstate.at(-7)).toMatch(/^running +\d+ us$/);
      expect(Number(/^blocked +(\d+) us$/.exec(runstate.at(-5)!)![1]) / 1e6).toBeCloseTo(2.5, 2);
    });
    const sleeping = withShell(async (type) => (await type("sleep 5\r")).slice(1));
    expect(await sleeping).toEqual(["shell> sleep 5", "shell>"]);
  });

  it("date is right, in leap years too", async () => {
    const dates = [
      "2000-02-29 12:34:56",
      "2100-03-01 00:00:00",
      "1970-01-01 00:00:00",
      "2026-12-31 23:59:58",
    ];
    for (const date of dates) {
      const wallClockNs = Date.parse(`${date.replace(" ", "T")}Z`) * 1e6;
      const screen = await withShell((type) => type("date\r"), { wallClockNs });
      expect(screen[2]).toBe(`${date} UTC`);
    }
  });

  it("spin spins without a call until its timer's upcall", async () => {
    expect(await answer("spin 3")).toEqual([expect.stringMatching(/^\d{5,} times round an empty loop$/)]);
  });

  it("Ctrl-C ends spin and sleep, and what is typed behind it is kept", async () => {
    for (const command of ["spin 1000000", "sleep 1000000"]) {
      await withMachine({ deterministic: false }, async (machine) => {
        let seen = "";
        let arrived = () => {};
        const shell = await createBundled(machine, "shell", "", {
          onOutput(bytes) {
            seen += new TextDecoder().decode(bytes);
            arrived();
          },
        });
        const until = async (pattern: RegExp) => {
          while (!pattern.test(seen)) await new Promise<void>((resolve) => (arrived = resolve));
        };
        await until(/shell> $/);
        shell.console.write(`${command}\r`);
        await until(new RegExp(`${command}\\s*\n`));
        shell.console.write(`x${control("C")}echo kept\r`);
        await until(/\nkept\n/);
        expect(screenOf(seen)).toContain("^C");
      });
    }
  });

  it("contexts makes contexts, visits each, and gives them back", async () => {
    expect(await answer("contexts 1000", { contextsMax: 2 })).toEqual([
      expect.stringMatching(/^this is context 0; made 1000, each ran and ended, in \d+ us$/),
    ]);
    expect(await answer("contexts", { contextsMax: 1 })).toEqual(["contexts: refused with errno 28"]);
  });

  it("trace emits what the machine's trace shows", async () => {
    await withShell(async (type, shell, machine) => {
      await type("trace 7 8 9\r");
      const events = machine.trace().filter((event) => event.kind === "guest");
      expect(events).toMatchObject([{ domain: shell.id, event: 7, a: 8, b: 9 }]);
    });
    expect(await answer("trace 70000")).toEqual(["trace: refused with errno 22: events are below 65536"]);
  });

  it("rand, echo and yield do what they say", async () => {
    expect(await answer("rand 20")).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)]);
    expect(await answer("echo  a   b ")).toEqual(["a b"]);
    expect(await answer("yield 5")).toEqual([expect.stringMatching(/^back after \d+ us$/)]);
  });

  it("exit powers off with its code, reboot begins again", async () => {
    await withShell(async (type, shell) => {
      await type("poke 1024 1\r", "reboot\r");
      expect((await type("echo again\r")).slice(-4)).toEqual([
        "A monitor of its own domain. Type help.",
        "shell> echo again",
        "again",
        "shell>",
      ]);
      expect(shell.info().reboots).toBe(1);
      await type("exit 42\r");
      expect(await shell.ended).toEqual({ kind: "poweroff", code: 42 });
    });
  });

  it.each([
    ["crash", "trap", ["store_beyond_memory", "run_command", "hv_start"]],
    ["crash recurse", "stack overflow", ["recurse"]],
    ["crash ask", "requested", []],
  ])("%s ends in a crash: %s", async (command, cause, functions) => {
    await withShell(async (type, shell) => {
      await type(`${command}\r`);
      const outcome = await shell.ended;
      expect(outcome).toMatchObject({ kind: "crash", record: { cause } });
      const names =
        outcome.kind === "crash" ? outcome.record.stack.map(({ functionName }) => functionName) : [];
      for (const name of functions) expect(names).toContain(name);
    });
  });
});
