// Forged snapshots: sections are changed and get the checksums that make the file whole again. Whoever restores one must refuse it, or
// get a domain within its limits.
import { starts } from "./relay-cases.mjs";

const LIMITS = { contextsMax: 16, budget: 300_000, timeoutMs: 50 };
/** What a run may take longer, of virtual time: the largest debt that the core lets a vCPU have, which is paid at once, and a quantum. */
const SLACK_NS = 2 ** 30 + 3_000_000;
/** A WASI program and its kernel have more at first. */
const PAGES = { plain: 4, wasi: 64 };

/**
 * Domains in the middle of something, saved: [{ name, file, modules, wasi }]. `library`: Machine, RoundRobin, wasiProgram.
 */
export async function victims(library) {
  const all = await starts();
  const found = [];
  const take = async (name, start, reached, options = {}) => {
    const { Machine, RoundRobin } = library;
    let saved;
    class Watch extends RoundRobin {
      charge(vcpu, ranNs, reason) {
        super.charge(vcpu, ranNs, reason);
        if (saved === undefined && domain.state !== "ended" && reached(domain, reason)) {
          saved = domain.save({ destroy: true, withModules: options.withModules ?? false });
        }
      }
    }
    const scheduler = new Watch({ sliceNs: 1 });
    const machine = await Machine.boot({ deterministic: true, quantumUnits: start.quantumUnits, scheduler });
    const wasi = start.modules.length > 1;
    const own = wasi
      ? { ...(await library.wasiProgram(start.modules[1], { args: start.args })), ...options.domain }
      : { module: start.modules[0], commandLine: start.commandLine, memoryPages: PAGES.plain };
    const domain = await machine.create({ ...own, name: start.name, contextsMax: 16, paused: true });
    await domain.prepareSave();
    if (start.input !== undefined) domain.console.write(start.input);
    domain.unpause();
    await domain.ended;
    if (saved === undefined) throw new Error(`${name}: the moment never came`);
    found.push({ name, file: await saved, modules: start.modules, wasi });
    await machine.close();
  };
  const startOf = (name, quantumUnits) =>
    all.find((start) => start.name === name && (quantumUnits ?? start.quantumUnits) === start.quantumUnits);
  await take("a kernel with threads, in an upcall", startOf("threads", 200), (domain) => {
    const { contexts, upcalls } = domain.info();
    return contexts >= 4 && upcalls >= 3;
  });
  await take("a timer that is armed", startOf("clock", 10), (_, reason) => reason === "asleep");
  const shell = { ...startOf("shell", 200), input: `sleep 50\r${"echo queued\r".repeat(600)}` };
  await take("console input that is not read yet", shell, (_, reason) => reason === "asleep");
  await take("a loop, and its module", startOf("spin", 1), (domain) => domain.info().spentUnits > 100, {
    withModules: true,
  });
  await take("deep recursion", startOf("crash", 50), (domain) => domain.info().spentUnits > 9000);
  const files = { serve: () => new Promise(() => undefined) };
  await take("a service call under way", startOf("wasi", 100), (_, reason) => reason === "asleep", {
    domain: { services: { files } },
  });
  return found;
}

/** Changes a few bytes of a section or two. `container`: readContainer and writeContainer. */
export function forged({ readContainer, writeContainer }, file, other, below) {
  const sections = readContainer(file).map(({ id, bytes }) => ({ id, bytes: bytes.slice() }));
  for (let changes = 1 + below(3); changes > 0 && sections.length > 0; changes--) {
    const place = below(sections.length);
    const { id, bytes } = sections[place];
    const at = below(bytes.length + 1);
    switch (below(20)) {
      case 0:
        sections.splice(place, 1);
        break;
      case 1:
        sections.push({ id, bytes: bytes.slice() });
        break;
      case 2:
        sections[place] = { id, bytes: bytes.slice(0, at) };
        break;
      case 3:
        sections[place] = { id: below(10), bytes };
        break;
      case 4: {
        // Another domain's.
        const theirs = readContainer(other);
        const one = theirs[below(theirs.length)];
        sections[place] = { id: one.id, bytes: one.bytes.slice() };
        break;
      }
      case 5: {
        const more = Uint8Array.from({ length: 1 + below(9) }, () => below(256));
        sections[place] = {
          id,
          bytes: Uint8Array.from([...bytes.slice(0, at), ...more, ...bytes.slice(at)]),
        };
        break;
      }
      case 6:
        bytes.fill(below(2) * 255, at, at + 1 + below(8));
        break;
      case 7:
        bytes.copyWithin(at, below(bytes.length + 1), below(bytes.length + 1));
        break;
      default:
        if (bytes.length > 0) bytes[below(bytes.length)] = below(2) === 0 ? below(256) : 1 << below(8);
    }
  }
  return writeContainer(sections);
}

/** Restores a file, and lets it run to its end. Resolves with "refused" or how it ended; throws when it broke a limit. */
export async function attempt({ SnapshotError, DomainRefused }, machine, victim, file) {
  let domain;
  const beganNs = machine.stats().timeNs;
  try {
    domain = await machine.restore(file, {
      ...LIMITS,
      memoryPages: victim.wasi ? PAGES.wasi : PAGES.plain,
      findModule: hashed(victim.modules),
      services: victim.wasi ? { files: { serve: (request) => request.slice(0, 8) } } : {},
    });
  } catch (error) {
    if (error instanceof SnapshotError || error instanceof DomainRefused) return "refused";
    throw error;
  }
  const outcome = await domain.ended;
  const { pages, contexts } = domain.info();
  const tookNs = machine.stats().timeNs - beganNs;
  domain.destroy();
  if (pages > (victim.wasi ? PAGES.wasi : PAGES.plain)) throw new Error(`it has ${pages} pages`);
  if (contexts > LIMITS.contextsMax) throw new Error(`it has ${contexts} contexts`);
  if (tookNs > LIMITS.timeoutMs * 1e6 + SLACK_NS) throw new Error(`it ran for ${tookNs} ns`);
  return outcome.kind;
}

/** The modules in their order, whatever the hashes are: what is another module is noticed by the machine. */
function hashed(modules) {
  let next = 0;
  return () => modules[next++];
}

/**
 * Forges files of all victims in turn, `cases` in all, in one machine, and restores each. Resolves with what became of them; rejects when
 * one broke a limit, failed in another way than by refusal, or left something behind. `library`: also SnapshotError, DomainRefused, readContainer,
 * writeContainer.
 */
export async function hammer(library, cases, below, told = () => undefined) {
  const all = await victims(library);
  const machine = await library.Machine.boot({
    deterministic: true,
    memoryPages: 256,
    quantumUnits: 100_000,
  });
  const [hello] = await starts();
  const witness = await machine.create({ module: hello.modules[0], paused: true });
  const seen = Object.fromEntries(all.map(({ name }) => [name, {}]));
  let coreBytes = 0;
  for (let i = 0; i < cases; i++) {
    const victim = all[i % all.length];
    const file = forged(library, victim.file, all[below(all.length)].file, below);
    let end;
    try {
      end = await attempt(library, machine, victim, file);
    } catch (cause) {
      const text = Buffer.from(file).toString("base64");
      throw new Error(`${victim.name}, case ${i}: ${cause.message}\n${text.slice(0, 20_000)}`, { cause });
    }
    seen[victim.name][end] = (seen[victim.name][end] ?? 0) + 1;
    if (machine.domains.size !== 1) throw new Error(`case ${i}: ${machine.domains.size} domains are left`);
    const { memoryPages, coreBytes: now } = machine.stats();
    if (memoryPages !== witness.info().pages) throw new Error(`case ${i}: ${memoryPages} pages are left`);
    if (i === cases >> 1) coreBytes = now;
    if (i % 10_000 === 9999) told(i + 1);
  }
  // What is freed is used again: the core's memory has its size long before the end.
  const grown = machine.stats().coreBytes - coreBytes;
  if (grown > 1 << 20) throw new Error(`the core's memory grew by ${grown} bytes in the second half`);
  witness.unpause();
  const { kind } = await witness.ended;
  await machine.close();
  if (kind !== "poweroff") throw new Error(`the witness ended by ${kind}`);
  return seen;
}
