// The runtime of translated modules outside a hypervisor: frames alone. Guests import what is said in
// docs/translator.md, section 2; the host the rest. The pushes and pops are in frame/glue.wat.

export { takeCause } from "./frame/cause";
export {
  block,
  configure,
  enter,
  abandon,
  grantedPinned,
  hostMemory,
  idle,
  leave,
  left,
  pinned,
  refuseException,
  renewDirect,
  section,
  sectionMost,
  suspend,
} from "./frame/control";
export { budget, handoff, overflow, peek, resume, stack } from "./frame/state";
export { giveExternSlot, giveFuncSlot, referencesFull, slotBelow, takeExternSlot, takeFuncSlot } from "./frame/references";
export {
  base,
  clearCells,
  context,
  externs,
  freeContext,
  funcs,
  held,
  limit,
  newContext,
  reserve,
  sp,
  switchContext,
  usedBytes,
} from "./frame/store";
