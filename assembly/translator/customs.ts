// Custom sections: names are renumbered, what offsets have made meaningless is left out, the rest goes along.

import { Buffer } from "../lib/buffer";
import { customAt, customs, functionCount } from "../wasm/module";
import { fastIndex } from "./output";
import { finishSection, section } from "./section";

function nameIs(at: usize, length: u32, text: string, prefix: bool): bool {
  if (prefix ? length < <u32>text.length : length != <u32>text.length) return false;
  for (let k = 0; k < text.length; k++) if (<i32>load<u8>(at + k) != text.charCodeAt(k)) return false;
  return true;
}

/** Those that offsets make meaningless, that we write ourselves, or that would pass for ours. */
function isDropped(at: usize, length: u32): bool {
  return nameIs(at, length, ".debug_", true) || nameIs(at, length, "reloc.", true)
    || nameIs(at, length, "metadata.code.", true) || nameIs(at, length, "linking", false)
    || nameIs(at, length, "sourceMappingURL", false) || nameIs(at, length, "external_debug_info", false)
    || nameIs(at, length, "wv:manifest", false) || nameIs(at, length, "name", false);
}

export function writeCustoms(): void {
  for (let i: u32 = 0; i < customs.length; i++) {
    const custom = customAt(i);
    if (nameIs(custom.name, custom.nameLength, "name", false)) {
      if (rewriteNames(custom.start, custom.end)) finishSection(0);
      continue;
    }
    if (isDropped(custom.name, custom.nameLength)) continue;
    section.vector(custom.name, custom.nameLength);
    section.raw(custom.start, <u32>(custom.end - custom.start));
    finishSection(0);
  }
}

let nameCursor: usize = 0;
let nameEnd: usize = 0;
let nameBroken: bool = false;

function nameNumber(): u32 {
  let result: u32 = 0;
  let shift: u32 = 0;
  while (nameCursor < nameEnd && shift < 35) {
    const byte = <u32>load<u8>(nameCursor++);
    result |= (byte & 0x7f) << shift;
    if (!(byte & 0x80)) return result;
    shift += 7;
  }
  nameBroken = true;
  return 0;
}

/** Module and function names, renumbered; a malformed section is left out, as engines do. */
function rewriteNames(start: usize, end: usize): bool {
  nameCursor = start;
  nameEnd = end;
  nameBroken = false;
  section.name("name");
  while (nameCursor < nameEnd && !nameBroken) {
    const id = load<u8>(nameCursor++);
    const size = nameNumber();
    if (nameBroken || size > <u32>(nameEnd - nameCursor)) break;
    const next = nameCursor + size;
    if (id == 0) {
      section.byte(0);
      section.vector(nameCursor, size);
    } else if (id == 1) {
      const names = new Buffer(size + (size >> 2) + 16);
      const count = nameNumber();
      names.u32(count);
      for (let k: u32 = 0; k < count && !nameBroken; k++) {
        const f = nameNumber();
        const length = nameNumber();
        if (nameBroken || length > <u32>(next - nameCursor) || f >= functionCount()) {
          nameBroken = true;
          break;
        }
        names.u32(fastIndex(f));
        names.vector(nameCursor, length);
        nameCursor += length;
      }
      if (!nameBroken) {
        section.byte(1);
        section.vector(names.ptr, names.length);
      }
    }
    nameCursor = next;
  }
  if (nameBroken) section.clear();
  return !nameBroken;
}
