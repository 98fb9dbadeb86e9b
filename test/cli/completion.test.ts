import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, wv } from "./support.js";

const has = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;
const folder = folderWith({
  "plugin.wasm": "",
  bash: wv(["completion", "bash"]).stdout,
  zsh: wv(["completion", "zsh"]).stdout,
  fish: wv(["completion", "fish"]).stdout,
});

/** What each shell offers for a line whose last word is being typed. */
const offers: Record<string, (line: string) => string[]> = {
  bash: (line) => {
    const script = [
      `source ./bash; COMP_WORDS=(${line.replace(/ $/, " ''")}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))`,
      `_wv_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ];
    return outputOf("bash", ["--norc", "-c", script.join("\n")]);
  },
  fish: (line) => {
    const found = outputOf("fish", ["--no-config", "-c", `source ./fish; complete -C '${line}'`]);
    return found.map((one) => one.split("\t")[0]!);
  },
};

function outputOf(shell: string, args: string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

for (const [shell, offered] of Object.entries(offers)) {
  describe.skipIf(!has(shell))(`completion in ${shell} (needs ${shell})`, () => {
    it("offers verbs, and what begins a verb", () => {
      expect(offered("wv ")).toEqual(
        expect.arrayContaining(["run", "inspect", "translate", "guests", "completion"]),
      );
      expect(offered("wv ru")).toEqual(["run"]);
    });

    it("offers bundled guests and files where a module is due", () => {
      expect(offered("wv run h")).toEqual(["hello"]);
      expect(offered("wv inspect pl")).toEqual(["plugin.wasm"]);
      expect(offered("wv restore pl")).toEqual(["plugin.wasm"]);
      expect(offered("wv run ")).toEqual(expect.arrayContaining(["hello", "spin", "plugin.wasm"]));
    });

    it("offers options, and the values of those that have a choice", () => {
      expect(offered("wv run --det")).toEqual(["--deterministic"]);
      expect(offered("wv translate --")).toEqual(expect.arrayContaining(["--output", "--verify", "--stats"]));
      expect(offered("wv run --scheduler ")).toEqual(["credit", "rr"]);
      expect(offered("wv completion ")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
    });
  });
}

describe("completion", () => {
  it.skipIf(!has("zsh"))("in zsh is a script that zsh reads (needs zsh)", () => {
    expect(outputOf("zsh", ["-n", join(folder, "zsh")])).toEqual([]);
  });

  it("is for shells that are known", () => {
    expect(wv(["completion", "tcsh"])).toMatchObject({ code: 2, stdout: "" });
  });
});
