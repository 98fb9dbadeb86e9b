// Element segments: threaded functions for closed tables, wrappers for all others, and one of all that can be referenced.

import {
  elementAt, elementItems, elements, functionCount, GLOBAL_ITEM, NULL_ITEM, SegmentMode,
} from "../wasm/module";
import { Op, Type } from "../wasm/opcodes";
import { referables } from "./exports";
import { twinOf, wrapperOf } from "./extras";
import { globalIndex } from "./output";
import { finishSection, section } from "./section";
import { has, Is, isOpenTable } from "./survey";

export function prepareElements(): void {
  for (let f: u32 = 0; f < functionCount(); f++) {
    if (has(f, Is.Referable)) {
      wrapperOf(f);
      referables.push(f);
    }
  }
  for (let i: u32 = 0; i < elements.length; i++) {
    const segment = elementAt(i);
    for (let k: u32 = 0; k < segment.count; k++) {
      const item = elementItems.get(segment.first + k);
      if (item == NULL_ITEM || item & GLOBAL_ITEM) continue;
      itemIndex(i, item);
    }
  }
}

/** What an element of segment `i` that names function `f` becomes. */
function itemIndex(i: u32, f: u32): u32 {
  const segment = elementAt(i);
  return segment.mode == SegmentMode.Active && !isOpenTable(segment.table) ? twinOf(f) : wrapperOf(f);
}

export function writeElements(): void {
  const count = elements.length + (referables.length ? 1 : 0);
  if (count == 0) return;
  section.u32(count);
  for (let i: u32 = 0; i < elements.length; i++) {
    const segment = elementAt(i);
    let plain = segment.type == Type.FuncRef;
    for (let k: u32 = 0; k < segment.count && plain; k++) {
      const item = elementItems.get(segment.first + k);
      if (item == NULL_ITEM || item & GLOBAL_ITEM) plain = false;
    }
    const declared: u32 = segment.mode == SegmentMode.Declared ? 2 : 0;
    section.byte((plain ? 1 : 5) | declared);
    section.byte(plain ? 0 : segment.type);
    section.u32(segment.count);
    for (let k: u32 = 0; k < segment.count; k++) {
      const item = elementItems.get(segment.first + k);
      if (plain) {
        section.u32(itemIndex(i, item));
        continue;
      }
      if (item == NULL_ITEM) section.byte2(Op.RefNull, segment.type);
      else if (item & GLOBAL_ITEM) {
        section.byte(Op.GlobalGet);
        section.u32(globalIndex(item & ~GLOBAL_ITEM));
      } else {
        section.byte(Op.RefFunc);
        section.u32(itemIndex(i, item));
      }
      section.byte(Op.End);
    }
  }
  if (referables.length) {
    // by original index, so that `wv:ref` needs no table of its own
    section.byte2(5, Type.FuncRef);
    section.u32(referables.top() + 1);
    for (let f: u32 = 0; f <= referables.top(); f++) {
      if (has(f, Is.Referable)) {
        section.byte(Op.RefFunc);
        section.u32(wrapperOf(f));
      } else section.byte2(Op.RefNull, Type.FuncRef);
      section.byte(Op.End);
    }
  }
  finishSection(9);
}
