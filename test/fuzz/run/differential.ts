import { flattenVectors } from "../modules/extend.js";
import { type GeneratedModule, REFUEL } from "../modules/generator.js";
import { Random } from "../random.js";
import { EndlessStart, type Engine, type Outcome, type Subject } from "./subject.js";
import { callableExports, World } from "./world.js";

export interface Case {
  readonly label: string;
  readonly seed: number;
  /** In the order in which they are instantiated: later ones may import from earlier ones. */
  readonly modules: GeneratedModule[];
}

/** What a run did, line by line; equal runs write equal lines. */
export interface Transcript {
  readonly lines: string[];
  /** The run was cut off: lines behind this one do not exist on the other side either. */
  readonly endless: boolean;
  /** Budget spent by the whole run, where it is counted. */
  readonly spent: number | undefined;
}

/** Calls made in a run, and the fuel each of a generated module's gets. */
const CALLS = 24;
const FUEL = [0, 3, 40, 200];

function digest(buffer: ArrayBufferLike): string {
  const words = new Int32Array(buffer);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193) ^ (hash >>> 15);
  return `${buffer.byteLength}:${(hash >>> 0).toString(16)}`;
}

function stateLines(world: World): string[] {
  const lines: string[] = [];
  const table = (t: WebAssembly.Table) => {
    const entries: string[] = [];
    for (let i = 0; i < Math.min(t.length, 64); i++) entries.push(world.show(t.get(i)));
    return `${t.length} ${entries.join(" ")}`;
  };
  for (const [i, m] of world.memories.entries()) lines.push(`host memory ${i} ${digest(m.buffer)}`);
  for (const [i, g] of world.globals.entries()) lines.push(`host global ${i} ${world.show(g.value)}`);
  for (const [i, t] of world.tables.entries()) lines.push(`host table ${i} ${table(t)}`);
  for (const { name, subject } of world.subjects) {
    for (const [i, m] of subject.memories().entries())
      if (m) lines.push(`${name} memory ${i} ${digest(m.buffer)}`);
    for (const [i, g] of subject.globals().entries())
      if (g !== undefined) lines.push(`${name} global ${i} ${world.show(g)}`);
    for (const [i, t] of subject.tables().entries()) if (t) lines.push(`${name} table ${i} ${table(t)}`);
  }
  return lines;
}

function show(world: World, outcome: Outcome): string {
  if (outcome.kind === "returned") return outcome.values.map((v) => world.show(v)).join(" ");
  return outcome.kind === "threw" ? world.error(outcome.error) : "endless";
}

/** Instantiates the modules of a case and calls their exports, always in the same way. */
export async function run(engine: Engine, of: Case): Promise<Transcript> {
  const world = new World();
  const r = new Random(of.seed ^ 0x5eed);
  const before = engine.spent();
  const lines: string[] = [];
  const done = (endless: boolean): Transcript => {
    const after = engine.spent();
    return { lines, endless, spent: after === undefined ? undefined : after - before! };
  };
  const note = (text: string) => {
    lines.push(...world.log.splice(0), text);
  };
  for (const { name, bytes } of of.modules) {
    const flat = flattenVectors(bytes);
    let subject: Subject;
    try {
      subject = await engine.instantiate(flat, world.imports(flat));
    } catch (error) {
      if (error instanceof EndlessStart) return done(true);
      note(`${name}: not instantiated: ${world.error(error)}`);
      lines.push(...stateLines(world));
      return done(false);
    }
    world.subjects.push({ name, subject });
    note(`${name}: instantiated`);
  }
  const callable = world.subjects.flatMap(({ name, subject }) =>
    callableExports(subject.shape)
      .filter((e) => e.name !== REFUEL)
      .map((e) => ({ module: name, subject, export: e.name, params: e.params })),
  );
  lines.push(...stateLines(world));
  for (let n = 0; n < CALLS && callable.length; n++) {
    const target = callable[n] ?? r.pick(callable);
    const fuel = r.pick(FUEL);
    for (const s of world.subjects)
      if (s.subject.shape.exports.some((e) => e.name === REFUEL)) await s.subject.call(REFUEL, [fuel]);
    const args = target.params.map((t) => world.value(t, r.below(100)));
    const outcome = await target.subject.call(target.export, args);
    note(
      `${target.module}.${target.export}(${args.map((a) => world.show(a)).join(" ")}) fuel ${fuel}: ${show(world, outcome)}`,
    );
    if (outcome.kind === "endless") return done(true);
    // How deep the stack was differs from here on, and with it what was done.
    if (lines[lines.length - 1]!.includes("stack exhausted")) return done(false);
    if (n % 4 === 3) lines.push(...stateLines(world));
  }
  lines.push(...stateLines(world));
  return done(false);
}
