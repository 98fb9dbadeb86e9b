import { SnapshotError } from "../../base/errors.js";
import { ByteReader } from "../byte-reader.js";
import { type Section, SectionId } from "./container.js";

/** Reads the content of a section; whatever is wrong with it is a SnapshotError that names the section. */
export class SectionReader {
  readonly section: Section;
  readonly #reader: ByteReader;

  constructor(section: Section) {
    this.section = section;
    this.#reader = new ByteReader(section.bytes);
  }

  get atEnd(): boolean {
    return this.#reader.atEnd;
  }

  byte(): number {
    return this.#read(() => this.#reader.byte());
  }

  unsigned(): number {
    return this.#read(() => this.#reader.unsigned());
  }

  /** A count of things that take at least a byte each, so that a forged one asks for no memory. */
  count(most = Number.POSITIVE_INFINITY): number {
    const count = this.unsigned();
    const left = this.section.bytes.length - this.#reader.offset;
    if (count > left || count > most) this.refuse(`a count of ${count} is not possible`);
    return count;
  }

  name(): string {
    return this.#read(() => this.#reader.name());
  }

  /** Not copied. */
  vector(): Uint8Array {
    return this.#read(() => this.#reader.vector());
  }

  cell(): bigint {
    const bytes = this.#read(() => this.#reader.take(8));
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  }

  /** After the last field. */
  end(): void {
    if (!this.atEnd) this.refuse("it is longer than what it says");
  }

  refuse(what: string): never {
    throw new SnapshotError(`section ${SectionId[this.section.id]}: ${what}`, this.#reader.offset);
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch {
      return this.refuse("it ends too early, or a number in it is too long");
    }
  }
}
