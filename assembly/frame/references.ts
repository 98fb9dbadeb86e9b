// References cannot lie in memory: they sit in two tables of the glue, and what lies here is which slots
// of them form the stacks of the current context. Both tables share one numbering; slot 0 is never used.
//
//   links: u32 per slot: the slot below it on its stack, or the next free slot

import { Cause } from "../abi/exit";
import { allocate, regionBytes, release } from "./arena";
import { fail } from "./cause";
import { allowance, externs, funcs, held, referenceQuota, setReferences } from "./store";

const FIRST_LINKS_BYTES: u32 = 256;
/** What a reference takes of the allowance: its links and its entries in the tables of the glue, about. */
const REFERENCE_BYTES: u32 = 16;

let links: usize = 0;
let linksBytes: u32 = 0;
let firstFree: u32 = 0;
let nextFresh: u32 = 1;

/** Puts a slot on the function stack and returns it. */
export function takeFuncSlot(): u32 {
  const slot = takeSlot(funcs);
  setReferences(slot, externs, held + 1);
  return slot;
}

/** Takes the topmost slot off the function stack and returns it; its reference must be read at once. */
export function giveFuncSlot(): u32 {
  const slot = funcs;
  setReferences(giveSlot(slot), externs, held - 1);
  return slot;
}

/** Puts a slot on the stack of host references and returns it. */
export function takeExternSlot(): u32 {
  const slot = takeSlot(externs);
  setReferences(funcs, slot, held + 1);
  return slot;
}

/** Takes the topmost slot off the stack of host references and returns it. */
export function giveExternSlot(): u32 {
  const slot = externs;
  setReferences(funcs, giveSlot(slot), held - 1);
  return slot;
}

/** The tables of the glue cannot grow: the slot that was just taken has been given back. */
export function referencesFull(): void {
  fail(Cause.ReferenceStoreFull);
}

/** The slot below `slot` on its stack; 0 at the bottom. */
export function slotBelow(slot: u32): u32 {
  return load<u32>(links + (slot << 2));
}

function takeSlot(below: u32): u32 {
  if (held >= referenceQuota() || allowance < REFERENCE_BYTES) fail(Cause.ReferenceStoreFull);
  let slot = firstFree;
  if (slot != 0) {
    firstFree = load<u32>(links + (slot << 2));
  } else {
    slot = nextFresh;
    if (slot << 2 >= linksBytes) growLinks();
    nextFresh = slot + 1;
  }
  store<u32>(links + (slot << 2), below);
  allowance -= REFERENCE_BYTES;
  return slot;
}

function giveSlot(slot: u32): u32 {
  if (slot == 0) fail(Cause.Protocol);
  const below = load<u32>(links + (slot << 2));
  store<u32>(links + (slot << 2), firstFree);
  firstFree = slot;
  allowance += REFERENCE_BYTES;
  return below;
}

function growLinks(): void {
  const bytes = linksBytes == 0 ? FIRST_LINKS_BYTES : linksBytes << 1;
  const region = allocate(bytes);
  if (region == 0) fail(Cause.ReferenceStoreFull);
  if (linksBytes != 0) {
    memory.copy(region, links, linksBytes);
    release(links, linksBytes);
  }
  links = region;
  linksBytes = regionBytes(bytes);
}
