import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { environment, folderWith, program } from "./support.js";

const player = fileURLToPath(new URL("play-terminal.py", import.meta.url));
const canPlay =
  process.platform !== "win32" && spawnSync("python3", ["-c", "import pty, termios"]).status === 0;

type Step = readonly ["see", string] | readonly ["type", string] | readonly ["signal", number];

/** Where it runs. */
const folder = folderWith({});

/** Runs `wv` in a pseudo terminal, with a person before it. */
function play(args: readonly string[], ...steps: Step[]): { output: string; code: number; sane: boolean } {
  const words = [player, JSON.stringify(steps), process.execPath, program, ...args];
  const env = { ...environment, TERM: "xterm-256color" };
  const { status, stdout, stderr } = spawnSync("python3", words, { cwd: folder, encoding: "utf8", env });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

const ESCAPE = "\x1d";
const SIGTERM = 15;

describe.skipIf(!canPlay)("a terminal (needs Python's pty)", () => {
  it("is one guest's: it sees each key, and the way back is told", () => {
    const found = play(
      ["run", "shell"],
      ...([
        ["see", "Ctrl-] takes it back, or saves shell"],
        ["see", "shell> "],
        ["type", "echo abX\x7fc\r"],
        ["see", "abc\r\n"],
        ["type", "sleep 60000\r\x03"],
        ["see", "shell> "],
        ["see", "shell> "],
        ["type", "exit 4\r"],
        ["see", "powered off, code 4"],
      ] as const),
    );
    expect(found).toMatchObject({ code: 4, sane: true });
  });

  it("is taken back with Ctrl-] and q: a run in which nobody else works ends then, with code 0", () => {
    const found = play(
      ["run", "shell"],
      ["see", "shell> "],
      ["type", `half a line${ESCAPE}q`],
      ["see", "The terminal is yours again"],
      ["see", " destroyed"],
    );
    expect(found).toMatchObject({ code: 0, sane: true });
  });

  it("is taken back with Ctrl-] and q while others run on, until Ctrl-C", () => {
    const found = play(
      ["run", "shell", "spin"],
      ["see", "shell> "],
      ["type", ESCAPE],
      ["see", "q takes the terminal back"],
      ["type", "q"],
      ["see", "Ctrl-C ends the run"],
      ["type", "\x03"],
      ["see", "Stopped by SIGINT"],
      ["see", "spin"],
    );
    expect(found).toMatchObject({ code: 130, sane: true });
  });

  it("offers to save the guest with Ctrl-] and s; what was saved has the line that was begun", () => {
    const run = play(
      ["run", "shell"],
      ["see", "shell> "],
      ["type", `echo be${ESCAPE}`],
      ["see", "s saves shell"],
      ["type", "x"],
      ["see", "It goes on"],
      ["type", `gun${ESCAPE}s`],
      ["see", "Saved shell as shell.wvsnap"],
      ["type", " here\r"],
      ["see", "begun here\r\n"],
      ["type", "exit\r"],
    );
    expect(run).toMatchObject({ code: 0, sane: true });
    const restored = play(
      ["restore", "shell.wvsnap"],
      ["see", "The terminal is shell's now"],
      ["type", " there\r"],
      ["see", "begun there\r\n"],
      ["type", "exit 5\r"],
    );
    expect(restored).toMatchObject({ code: 5, sane: true });
  });

  it("shows lines of other guests above the one that is being typed", () => {
    const { output, code, sane } = play(
      ["run", "shell", "clock 2 400"],
      ["see", "shell> "],
      ["type", "echo ty"],
      ["see", "echo ty"],
      ["see", "tick 2"],
      ["see", "shell> echo ty"],
      ["type", "ped\r"],
      ["see", "typed\r\n"],
      ["type", "exit\r"],
    );
    expect({ code, sane }).toEqual({ code: 0, sane: true });
    expect(output.replaceAll("\x1b", "<ESC>")).toMatch(
      /\r<ESC>\[J.*clock │.*tick 2 [^\n]*\r\nshell> .*echo ty/,
    );
  });

  it("is left as it was when the guest crashes, and when a signal ends the run", () => {
    const crashed = play(["run", "shell"], ["see", "shell> "], ["type", "crash\r"], ["see", "crashed"]);
    expect(crashed).toMatchObject({ code: 134, sane: true });
    const ended = play(
      ["run", "shell"],
      ["see", "shell> "],
      ["signal", SIGTERM],
      ["see", "Stopped by SIGTERM"],
    );
    expect(ended).toMatchObject({ code: 143, sane: true });
  });

  it("is not touched for guests that read nothing: Ctrl-C ends them", () => {
    const { output, code, sane } = play(["run", "clock 1000 20"], ["see", "tick 2"], ["type", "\x03"]);
    expect({ code, sane }).toEqual({ code: 130, sane: true });
    expect(output).not.toContain("Ctrl-]");
  });

  it("shows colours", () => {
    const { output } = play(["run", "2xhello"], ["see", "DOMAIN"]);
    expect(output).toContain("\x1b[36mhello-1 │\x1b[39m Hello");
  });
});
