// Saving a domain: a copy of all that it is, taken in one step of the event loop, then packed beside it.
import { CONTEXT_IMAGE_BYTES, DOMAIN_IMAGE_BYTES, DomainImage } from "../abi.js";
import { SnapshotError } from "../base/errors.js";
import type { Compression } from "../base/platform.js";
import type { Hypervisor } from "../core/hypervisor.js";
import type { ContextHandle, DomainHandle } from "../core/hypervisor-exports.js";
import type { Maps } from "../core/maps.js";
import { ByteWriter } from "../core/snapshot/byte-writer.js";
import { type Section, SectionId, writeContainer } from "../core/snapshot/container.js";
import { writeFrames } from "../core/snapshot/frames.js";
import { FunctionNames } from "../core/snapshot/function-names.js";
import { writeInstanceState } from "../core/snapshot/instance-state.js";
import { copyMemory, type MemoryCopy, writeMemory } from "../core/snapshot/memory-pages.js";
import type { ConsoleImage } from "./console.js";
import type { Guest } from "./guest.js";
import type { Program } from "./program.js";
import { type Subject, writeSubject } from "./snapshot.js";

/** What is saved. Nobody runs in it, and it has not ended. */
export interface Subjects {
  readonly subject: Subject;
  readonly handle: DomainHandle;
  readonly guests: readonly Guest[];
  /** By the number of the instance. */
  readonly maps: ReadonlyMap<number, Maps>;
  readonly console: ConsoleImage;
}

/** A domain at one moment; pack() makes the file of it. */
export interface Copy {
  readonly sections: readonly Section[];
  readonly memories: readonly { readonly number: number; readonly copy: MemoryCopy }[];
  readonly modules: readonly Pick<Program, "hash" | "original">[];
}

/** Copies a domain as it is now. Throws a SnapshotError that names what cannot be saved. */
export function copyDomain(hypervisor: Hypervisor, subjects: Subjects): Copy {
  const { subject, handle, guests, maps, console } = subjects;
  const { core } = hypervisor;
  if (core.saveDomain(handle) !== 0)
    throw new SnapshotError("the domain has ended: there is nothing to save");
  const domain = coreBytes(hypervisor, core.scratchAt(), DOMAIN_IMAGE_BYTES);
  const sections: Section[] = [
    { id: SectionId.Subject, bytes: writeSubject(subject) },
    { id: SectionId.Domain, bytes: domain },
  ];
  const referables = guests.map((guest) => guest.referable);
  const names = new FunctionNames(referables, hypervisor.hypercalls);
  const mapsOf = (instance: number) => maps.get(instance);
  for (const id of Array(core.contextNumbers(handle)).keys()) {
    const context = core.contextHandle(handle, id);
    if ((context as number) === 0) continue;
    sections.push({
      id: SectionId.Contexts,
      bytes: contextBytes(hypervisor, handle, context, mapsOf, names),
    });
  }
  sections.push({ id: SectionId.Console, bytes: consoleBytes(console) });
  const view = new DataView(domain.buffer, domain.byteOffset);
  const messageAt = core.messageAt(handle);
  if (view.getUint32(DomainImage.Call, true) !== 0 && messageAt !== 0) {
    const length = Math.max(view.getInt32(DomainImage.CallLength, true), 0);
    sections.push({ id: SectionId.Call, bytes: coreBytes(hypervisor, messageAt, length) });
  }
  for (const referable of referables) {
    const writer = new ByteWriter();
    writer.unsigned(referable.number);
    writeInstanceState(writer, referable, names);
    sections.push({ id: SectionId.Instance, bytes: writer.bytes });
  }
  const memories = guests.flatMap(({ memory, number }) =>
    memory === undefined ? [] : [{ number, copy: copyMemory(memory) }],
  );
  return { sections, memories, modules: guests.map(({ program }) => program) };
}

/** The file. `carried`: which of the original modules go with it, for places that do not have them. */
export async function pack(
  copy: Copy,
  compression: Compression,
  carried: (hash: string) => boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const sections = [...copy.sections];
  for (const { number, copy: memory } of copy.memories) {
    const writer = new ByteWriter();
    writer.unsigned(number);
    await writeMemory(writer, memory, compression);
    sections.push({ id: SectionId.Memory, bytes: writer.bytes });
  }
  for (const { hash, original } of copy.modules) {
    if (!carried(hash)) continue;
    const writer = new ByteWriter();
    writer.unsigned(original.length);
    writer.vector(await compression.deflate(original));
    sections.push({ id: SectionId.Image, bytes: writer.bytes });
  }
  return writeContainer(sections);
}

function contextBytes(
  hypervisor: Hypervisor,
  handle: DomainHandle,
  context: ContextHandle,
  mapsOf: (instance: number) => Maps | undefined,
  names: FunctionNames,
): Uint8Array {
  const { core, glue } = hypervisor;
  const writer = new ByteWriter();
  core.saveContext(context);
  writer.raw(coreBytes(hypervisor, core.scratchAt(), CONTEXT_IMAGE_BYTES));
  core.openFrames(handle, context);
  try {
    const base = (core.base.value as number) >>> 0;
    const cells = new BigUint64Array(core.memory.buffer.slice(base, base + core.usedBytes()));
    writeFrames(writer, cells, mapsOf);
    const references = (table: WebAssembly.Table, top: number): unknown[] => {
      const found: unknown[] = [];
      for (let slot = top; slot !== 0; slot = core.slotBelow(slot)) found.push(table.get(slot));
      return found;
    };
    const functions = references(glue.functions as WebAssembly.Table, core.funcs.value as number);
    writer.unsigned(functions.length);
    for (const reference of functions) names.write(writer, reference, "a stack");
    const externals = references(glue.externals as WebAssembly.Table, core.externs.value as number);
    writer.unsigned(externals.length);
    for (const reference of externals) names.write(writer, reference, "a stack");
  } finally {
    core.closeFrames(handle);
  }
  return writer.bytes;
}

function consoleBytes(image: ConsoleImage): Uint8Array {
  const { kept, left, output, input, queued, inputEnded } = image;
  const writer = new ByteWriter();
  for (const part of [kept, left, output, input, queued]) writer.vector(part);
  writer.byte(inputEnded ? 1 : 0);
  return writer.bytes;
}

/** A copy of core memory. */
function coreBytes({ core }: Hypervisor, at: number, length: number): Uint8Array {
  return new Uint8Array(core.memory.buffer.slice(at >>> 0, (at >>> 0) + length));
}
