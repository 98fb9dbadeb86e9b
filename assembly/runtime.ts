// The runtime of translated modules outside a hypervisor: frames alone. Guests import what is said in
// docs/translator.md, section 2; the host the rest. The pushes and pops are in frame/glue.wat.

export { Cause, takeCause } from "./frame/cause";
export {
  block,
  budget,
  configure,
  enter,
  abandon,
  grantedPinned,
  handoff,
  hostMemory,
  idle,
  leave,
  left,
  overflow,
  peek,
  pinned,
  refuseException,
  renewDirect,
  resume,
  section,
  sectionMost,
  stack,
  suspend,
} from "./frame/control";
export { giveExternSlot, giveFuncSlot, slotBelow, takeExternSlot, takeFuncSlot } from "./frame/references";
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
