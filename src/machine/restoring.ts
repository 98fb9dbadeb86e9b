// Restoring a domain: reads a snapshot, which may come from anybody, into a life that has not begun.
import { CONTEXT_IMAGE_BYTES, DOMAIN_IMAGE_BYTES, DomainImage } from "../abi.js";
import { sha256 } from "../base/digest.js";
import { SnapshotError } from "../base/errors.js";
import type { Compression } from "../base/platform.js";
import type { Hypervisor } from "../core/hypervisor.js";
import type { DomainHandle, HypervisorExports } from "../core/hypervisor-exports.js";
import type { Maps } from "../core/maps.js";
import { readContainer, type Section, SectionId } from "../core/snapshot/container.js";
import { readFrames } from "../core/snapshot/frames.js";
import { FunctionNames } from "../core/snapshot/function-names.js";
import { readInstanceState } from "../core/snapshot/instance-state.js";
import { fillMemory, readMemory } from "../core/snapshot/memory-pages.js";
import { SectionReader } from "../core/snapshot/section-reader.js";
import type { ConsoleImage } from "./console.js";
import type { Guest } from "./guest.js";
import { readSubject, type Subject } from "./snapshot.js";

/** A snapshot whose sections are whole and of possible kinds; what is in them is read later. */
export class Snapshot {
  readonly subject: Subject;
  readonly #sections: readonly Section[];

  /** Throws a SnapshotError. */
  constructor(file: Uint8Array) {
    this.#sections = readContainer(file);
    this.subject = readSubject(this.only(SectionId.Subject).bytes);
  }

  all(id: SectionId): readonly Section[] {
    return this.#sections.filter((section) => section.id === id);
  }

  /** The one section of a kind. */
  only(id: SectionId): Section {
    const [first, second] = this.all(id);
    if (first === undefined || second !== undefined) {
      throw new SnapshotError(
        `it has ${first === undefined ? "no" : "more than one"} section ${SectionId[id]}`,
      );
    }
    return first;
  }

  /** The original modules that it carries, by hash. Each is at most `mostBytes` long. */
  async modules(compression: Compression, mostBytes: number): Promise<ReadonlyMap<string, Uint8Array>> {
    const modules = new Map<string, Uint8Array>();
    const images = this.all(SectionId.Image);
    // Each may be as large as a module may be, and all are kept.
    if (images.length > this.subject.instances.length) {
      throw new SnapshotError(`it has ${images.length} modules, more than instances`);
    }
    for (const section of images) {
      const reader = new SectionReader(section);
      const length = reader.unsigned();
      if (length > mostBytes) reader.refuse(`a module of ${length} bytes is too large`);
      const module = await compression.inflate(reader.vector(), length).catch(() => undefined);
      if (module?.length !== length) return reader.refuse("a module cannot be unpacked");
      modules.set(await sha256(module.slice() as Uint8Array<ArrayBuffer>), module);
    }
    return modules;
  }
}

/** What is restored into: instantiated, known to the core, paused, never run. */
export interface Target {
  readonly handle: DomainHandle;
  readonly guests: readonly Guest[];
  /** By the number of the instance. */
  readonly maps: ReadonlyMap<number, Maps>;
  readonly maximumPages: number;
  restoreConsole(image: ConsoleImage): void;
}

/** Rejects with a SnapshotError; the target is to be destroyed then. */
export async function restoreInto(
  hypervisor: Hypervisor,
  compression: Compression,
  snapshot: Snapshot,
  target: Target,
): Promise<void> {
  const { core } = hypervisor;
  const { handle, guests, maps } = target;
  const referables = guests.map((guest) => guest.referable);
  const names = new FunctionNames(referables, hypervisor.hypercalls);

  const states = new Map(snapshot.all(SectionId.Instance).map((section) => readerOf(section)));
  const memories = new Map(snapshot.all(SectionId.Memory).map((section) => readerOf(section)));
  if (states.size !== guests.length || snapshot.all(SectionId.Instance).length !== guests.length) {
    throw new SnapshotError(`it has not one section Instance for each of ${guests.length} instances`);
  }
  const withMemory = guests.filter(({ memory }) => memory !== undefined).length;
  if (snapshot.all(SectionId.Memory).length !== withMemory) {
    throw new SnapshotError(`it has not one section Memory for each of ${withMemory} memories`);
  }
  for (const guest of guests) {
    await restoreMemory(core, guest, memories.get(guest.number), target, compression);
    const state = states.get(guest.number);
    if (state === undefined) throw new SnapshotError(`it has no state of instance ${guest.number}`);
    readInstanceState(state, guest.referable, names, (table, more) => guest.growTable(table, more));
    state.end();
  }

  core.dropContexts(handle);
  for (const section of snapshot.all(SectionId.Contexts)) {
    restoreContext(hypervisor, handle, new SectionReader(section), (instance) => maps.get(instance), names);
  }

  const domain = snapshot.only(SectionId.Domain);
  if (domain.bytes.length !== DOMAIN_IMAGE_BYTES) {
    throw new SnapshotError(`section Domain has ${domain.bytes.length} bytes, not ${DOMAIN_IMAGE_BYTES}`);
  }
  const fields = new DataView(domain.bytes.buffer, domain.bytes.byteOffset, DOMAIN_IMAGE_BYTES);
  if (fields.getUint32(DomainImage.Call, true) !== 0) {
    const message = snapshot.only(SectionId.Call).bytes;
    const at = core.restoreMessage(handle, message.length) >>> 0;
    if (at === 0) throw new SnapshotError("section Call: its message is too long");
    new Uint8Array(core.memory.buffer).set(message, at);
  }
  checkTimes(fields);
  target.restoreConsole(readConsole(new SectionReader(snapshot.only(SectionId.Console))));
  new Uint8Array(core.memory.buffer).set(domain.bytes, core.scratchAt() >>> 0);
  if (core.loadDomain(handle) !== 0)
    throw new SnapshotError("section Domain has a number that is not possible");
}

/** What the core takes from 0 up is also small enough to be exact, and no timer is beyond what a guest can ask for. */
function checkTimes(fields: DataView): void {
  const isExact = (value: number) => value <= Number.MAX_SAFE_INTEGER;
  let fine = isExact(fields.getFloat64(DomainImage.AgeNs, true));
  for (let at: number = DomainImage.SpentUnits; at <= DomainImage.OfflineNs; at += 8) {
    fine &&= isExact(fields.getFloat64(at, true));
  }
  const deadlineNs = fields.getFloat64(DomainImage.TimerDeadlineNs, true);
  fine &&= deadlineNs === Number.POSITIVE_INFINITY || Math.abs(deadlineNs) <= 2 ** 64;
  const lastNs = fields.getFloat64(DomainImage.TimerLastNs, true);
  fine &&= lastNs === Number.NEGATIVE_INFINITY || isExact(Math.abs(lastNs));
  if (!fine) throw new SnapshotError("section Domain has a time or a count that is not possible");
}

/** A reader behind the number of the instance that a section begins with. */
function readerOf(section: Section): [number, SectionReader] {
  const reader = new SectionReader(section);
  return [reader.unsigned(), reader];
}

async function restoreMemory(
  core: HypervisorExports,
  guest: Guest,
  reader: SectionReader | undefined,
  target: Target,
  compression: Compression,
): Promise<void> {
  const { memory, number, program } = guest;
  if (memory === undefined) {
    if (reader !== undefined) reader.refuse(`instance ${number} has no memory`);
    return;
  }
  if (reader === undefined) throw new SnapshotError(`it has no memory of instance ${number}`);
  const declared = program.manifest.memory?.maxPages ?? target.maximumPages;
  const stored = readMemory(reader, Math.min(declared, target.maximumPages));
  const more = stored.pages - memory.buffer.byteLength / 65_536;
  const grows = () => {
    try {
      return guest.growMemory(more) >= 0;
    } catch {
      // In deterministic mode a guest crashes when the machine has no memory left.
      core.takeCause();
      return false;
    }
  };
  if (more < 0 || (more > 0 && !grows())) {
    throw new SnapshotError(`instance ${number} cannot have ${stored.pages} pages here: give it more memory`);
  }
  await fillMemory(memory, stored, compression);
}

function restoreContext(
  hypervisor: Hypervisor,
  handle: DomainHandle,
  reader: SectionReader,
  mapsOf: (instance: number) => Maps | undefined,
  names: FunctionNames,
): void {
  const { core, glue } = hypervisor;
  const image = new Uint8Array(CONTEXT_IMAGE_BYTES);
  for (let i = 0; i < image.length; i++) image[i] = reader.byte();
  const cells = readFrames(reader, mapsOf);
  const references = () => {
    const found: unknown[] = [];
    for (let left = reader.count(); left > 0; left--) found.push(names.read(reader));
    return found;
  };
  const functions = references();
  const externals = references();
  if (externals.some((reference) => reference !== null))
    reader.refuse("a reference of the host is not possible");
  reader.end();

  new Uint8Array(core.memory.buffer).set(image, core.scratchAt() >>> 0);
  const context = core.loadContext(handle);
  if ((context as number) === 0) {
    throw new SnapshotError("section Contexts: a context is not possible, or above the domain's quota");
  }
  core.openFrames(handle, context);
  try {
    core.reserve(cells.byteLength);
    const sp = (core.sp.value as number) >>> 0;
    new BigUint64Array(core.memory.buffer, sp, cells.length).set(cells);
    core.sp.value = sp + cells.byteLength;
    for (const reference of functions.reverse()) (glue.push_func as (f: unknown) => void)(reference);
    for (const reference of externals) (glue.push_extern as (f: unknown) => void)(reference);
  } catch {
    core.takeCause();
    throw new SnapshotError("section Contexts: its frames are more than the domain's quotas allow");
  } finally {
    core.closeFrames(handle);
  }
}

function readConsole(reader: SectionReader): ConsoleImage {
  const [kept, left, output, input, queued] = Array.from({ length: 5 }, () => reader.vector());
  const inputEnded = reader.byte() !== 0;
  reader.end();
  return { kept: kept!, left: left!, output: output!, input: input!, queued: queued!, inputEnded };
}
