/** Why the runtime ended a guest; the numbers are those of assembly/frame/cause.ts (a test compares them). */
export enum Cause {
  None = 0,
  StackOverflow = 1,
  PinnedExceeded = 2,
  BudgetSpentPinned = 3,
  FrameStoreFull = 4,
  ReferenceStoreFull = 5,
  WaitPinned = 6,
  Protocol = 7,
  HostMemory = 8,
  ExceptionUnknown = 9,
}
