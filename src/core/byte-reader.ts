import { WasmvisorError } from "../base/errors.js";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads what the translator writes about its output: LEB128 numbers, names, sections. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  byte(): number {
    if (this.offset >= this.end) throw this.#short();
    return this.bytes[this.offset++]!;
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new WasmvisorError(`A number at byte ${this.offset} is longer than 32 bits`);
  }

  /** A signed LEB128 number of at most 32 bits. */
  signed(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return byte & 0x40 ? value - 2 ** (shift + 7) : value;
    }
    throw new WasmvisorError(`A number at byte ${this.offset} is longer than 32 bits`);
  }

  /** `count` bytes, not copied. */
  take(count: number): Uint8Array {
    if (count > this.end - this.offset) throw this.#short();
    this.offset += count;
    return this.bytes.subarray(this.offset - count, this.offset);
  }

  /** A length and that many bytes of UTF-8. */
  name(): string {
    return utf8.decode(this.take(this.unsigned()));
  }

  /** A count and that many bytes. */
  vector(): Uint8Array {
    return this.take(this.unsigned());
  }

  #short(): WasmvisorError {
    return new WasmvisorError(
      `Data ends at byte ${this.end}, but more is needed: it was not made by this version`,
    );
  }
}

/** The content of the custom section `name` of a module; undefined when it has none. */
export function customSection(module: Uint8Array, name: string): Uint8Array | undefined {
  const reader = new ByteReader(module, 8);
  while (!reader.atEnd) {
    const id = reader.byte();
    const size = reader.unsigned();
    const end = reader.offset + size;
    if (id === 0) {
      const section = new ByteReader(module, reader.offset, end);
      if (section.name() === name) return module.subarray(section.offset, end);
    }
    reader.offset = end;
  }
  return undefined;
}
