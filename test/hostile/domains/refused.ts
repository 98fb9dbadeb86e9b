// Modules that never become domains.
import { assembleUnchecked } from "../../checker/assemble.js";
import { FEATURE_BOMBS } from "../bombs/features.js";
import { MALFORMED_BOMBS, RESERVED_BOMBS } from "../bombs/malformed.js";
import { bare, start, type Villain } from "./villain.js";

const refused = (
  name: string,
  module: Villain["module"],
  refusal: RegExp,
  more: Partial<Villain> = {},
): Villain => ({
  name,
  module,
  ends: "refused",
  refusal,
  ...more,
});
const importing = (what: string) => bare(`(import ${what}) ${start("")}`);

export const IMPORTS: Villain[] = [
  refused("a hypercall that does not exist", importing('"hv" "nothing" (func)'), /"hv" "nothing"/),
  refused(
    "a hypercall of another type",
    importing('"hv" "console_write" (func (param i64) (result i32))'),
    /another type/,
  ),
  refused("a raw entry of a hypercall", importing('"hv" "raw:version" (func (result i32))'), /"raw:version"/),
  refused("a property of every object", importing('"hv" "toString" (func)'), /"toString"/),
  refused("a prototype", importing('"hv" "__proto__" (func)'), /"__proto__"/),
  refused("a function of JavaScript", importing('"env" "fetch" (func)'), /guests have the module "hv" alone/),
  refused("a memory", importing('"hv" "memory" (memory 1)'), /a guest imports functions alone/),
  refused("a table", importing('"env" "table" (table 1 funcref)'), /a guest imports functions alone/),
  refused("a global", importing('"env" "budget" (global (mut i32))'), /a guest imports functions alone/),
  refused("the budget of the translator", importing('"wv" "budget" (global (mut i32))'), /wv/),
  refused("the frame store", importing('"wv" "pop1" (func (result i64))'), /wv/),
  refused(
    "the core's own handlers",
    importing('"core" "consoleWrite" (func (param i32 i32) (result i32))'),
    /"core"/,
  ),
  refused("WASI", importing('"wasi_snapshot_preview1" "proc_exit" (func (param i32))'), /WASI/),
  refused("nothing with an empty name", importing('"" "" (func)'), /guests have the module "hv" alone/),
];

export const ENTRIES: Villain[] = [
  refused("no entry", bare(""), /exports no function hv_start/),
  refused(
    "an entry that is a memory",
    bare('(memory (export "hv_start") 1)'),
    /exports no function hv_start/,
  ),
  refused(
    "an entry with a parameter",
    bare('(func (export "hv_start") (param i32))'),
    /hv_start has another type/,
  ),
  refused(
    "an entry with a result",
    bare('(func (export "hv_start") (result i32) (i32.const 0))'),
    /hv_start has another type/,
  ),
  refused(
    "an upcall without port",
    bare(`${start("")} (func (export "hv_upcall"))`),
    /hv_upcall has another type/,
  ),
  refused(
    "an upcall of 64 bits",
    bare(`${start("")} (func (export "hv_upcall") (param i64))`),
    /hv_upcall has another type/,
  ),
  refused(
    "a context without result",
    bare(`${start("")} (func (export "hv_context") (param i32))`),
    /hv_context has another type/,
  ),
  refused("an export of the translator's", bare(`${start("")} (func (export "wv:init"))`), /wv:/),
  refused(
    "a twin",
    bare(`${start("")} (func (export "wv:t:hv_start") (param i32 i32) (result i32) (i32.const 0))`),
    /wv:/,
  ),
];

export const SIZES: Villain[] = [
  refused("more memory than it may have", bare(`(memory 17) ${start("")}`), /17 pages/, {
    options: { memoryPages: 16 },
  }),
  refused("4 GiB of memory", bare(`(memory 65536) ${start("")}`), /65536 pages/),
  refused("more memory than the machine has", bare(`(memory 20000) ${start("")}`), /20000 pages/, {
    options: { memoryPages: 65536 },
  }),
  refused("larger tables than it may have", bare(`(table 101 funcref) ${start("")}`), /101 elements/, {
    options: { tableElements: 100 },
  }),
  refused(
    "many tables that are too large together",
    bare(`${"(table 2000 funcref)".repeat(90)} ${start("")}`),
    /180000 elements/,
  ),
  refused(
    "a table of 4 billion elements",
    // Some engines refuse it as well.
    () => assembleUnchecked(bare(`(table 0xffffffff funcref) ${start("")}`)),
    /table/,
  ),
  refused(
    "a shared memory on which it waits",
    bare(
      `(memory 1 1 shared) ${start("(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))")}`,
    ),
    /memory.atomic.wait/,
  ),
];

export const MALFORMED: Villain[] = [...MALFORMED_BOMBS, ...RESERVED_BOMBS, ...FEATURE_BOMBS]
  .filter(({ expect }) => expect === "refused")
  .map(({ name, build }) => refused(name, build, /./));
