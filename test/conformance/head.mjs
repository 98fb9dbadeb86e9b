// The head of a guest's text: its first line is the title, the lines that follow are the argument, and lines
// `;; @key value` say how it is run. README.md lists the keys.

/** What a test can look at; test/conformance.test.ts asks for those that a hypercall's parameters make possible. */
export const CASES = ["bad-pointer", "bad-handle", "bad-value", "wrong-owner", "twice", "good"];

/**
 * @typedef {{ when: string, type?: string, end?: boolean }} Typing
 *   once the console shows `when` (""; at once): this is typed, or input ends
 * @typedef {{ title: string, argument: string, tests: string[], cases: string[], uses: string[], typing: Typing[],
 *   beside?: string, ends: { kind: "poweroff" | "crash" | "reboot", what: string }, stalls: boolean, bare: boolean, memoryPages?: number,
 *   contexts?: number, commandLine?: string, shows: string[], service: boolean }} Head
 *   `stalls`: whoever takes the console's output often refuses. `shows`: what the console has to contain.
 *   `service`: the domain may call the service Files, where answerTo of suite.mjs answers.
 *   `beside`: the guest that runs at the same time. `bare`: no prelude; its code is its verdict.
 */

/** @returns {Head} */
export function headOf(source, path) {
  const lines = [];
  for (const line of source.split("\n")) {
    if (!line.startsWith(";;")) break;
    lines.push(line.slice(2).replace(/^ /, ""));
  }
  const problem = (text) => new Error(`test/conformance/${path}: ${text}`);
  const head = {
    title: lines.shift() ?? "",
    argument: lines
      .filter((line) => !line.startsWith("@"))
      .join("\n")
      .trim(),
    ...{ tests: [], cases: [], uses: [], typing: [], ends: { kind: "poweroff", what: "" } },
    ...{ stalls: false, bare: false, shows: [], service: false },
  };
  if (!/^\w.{9}/.test(head.title)) throw problem("the first line must be its title: ;; what it shows");
  if (head.argument.length < 40) throw problem("the lines below the title must say why this has to hold");
  for (const line of lines) {
    const [, key, value] = /^@([\w-]+) ?(.*)$/.exec(line) ?? [];
    if (key) KEYS[key] ? KEYS[key](head, value, problem) : raise(problem(`there is no @${key}`));
  }
  if (head.tests.length === 0) throw problem("it must have a line `;; @tests HYPERCALL..`");
  if (head.cases.length === 0)
    throw problem(`it must have a line \`;; @cases\` with some of ${CASES.join(", ")}`);
  return head;
}

const words = (value) => value.split(/\s+/).filter(Boolean);

const KEYS = {
  tests: (head, value) => head.tests.push(...words(value)),
  cases: (head, value, problem) => {
    for (const word of words(value)) if (!CASES.includes(word)) throw problem(`"${word}" is no case`);
    head.cases.push(...words(value));
  },
  uses: (head, value) => head.uses.push(...words(value)),
  // @type "text", @type "text" when "shown", @end, @end when "shown": texts as in JSON
  type: (head, value, problem) => {
    const [, type, when] = /^("(?:[^"\\]|\\.)*")(?: when (".*"))?$/.exec(value) ?? [];
    if (!type) throw problem('must read @type "text" or @type "text" when "shown"');
    head.typing.push({ when: when ? JSON.parse(when) : "", type: JSON.parse(type) });
  },
  end: (head, value) => {
    const when = /^when (".*")$/.exec(value)?.[1];
    head.typing.push({ when: when ? JSON.parse(when) : "", end: true });
  },
  beside: (head, value) => {
    head.beside = value;
  },
  // @ends poweroff CODE, @ends crash CODE, @ends crash CAUSE, @ends reboot
  ends: (head, value) => {
    const [kind, ...rest] = words(value);
    head.ends = { kind, what: rest.join(" ") };
  },
  // @shows "text", @shows 100 times "text"
  shows: (head, value, problem) => {
    const [, times, text] = /^(?:(\d+) times )?("(?:[^"\\]|\\.)*")$/.exec(value) ?? [];
    if (!text) throw problem('must read @shows "text" or @shows 100 times "text"');
    head.shows.push(JSON.parse(text).repeat(times ?? 1));
  },
  stalls: (head) => {
    head.stalls = true;
  },
  service: (head) => {
    head.service = true;
  },
  bare: (head) => {
    head.bare = true;
  },
  "memory-pages": (head, value) => {
    head.memoryPages = Number(value);
  },
  contexts: (head, value) => {
    head.contexts = Number(value);
  },
  "command-line": (head, value) => {
    head.commandLine = value;
  },
};

function raise(error) {
  throw error;
}
