// What the core imports from the host: see HypervisorHost in src/core/hypervisor-exports.ts.

@external("host", "now")
export declare function hostNow(): f64;

@external("host", "copy")
export declare function hostCopy(slot: u32, guest: u32, core: usize, length: u32, toGuest: i32): void;

@external("host", "random")
export declare function hostRandom(core: usize, length: u32): void;

@external("host", "grow")
export declare function hostGrow(slot: u32, deltaPages: u32): i32;

@external("host", "copyProgram")
export declare function hostCopyProgram(
  programSlot: u32,
  programOffset: u32,
  slot: u32,
  offset: u32,
  length: u32,
  toProgram: i32,
): void;
