// Generated from assembly/abi by `npm run abi`.
//
// The interface that guests see, for the host: the only file that reaches into assembly/abi. The build compiles that
// folder to build/abi, which lies beside src/ and dist/ alike, so the paths are right from both.
export * from "../build/abi/console.js";
export * from "../build/abi/domain-image.js";
export * from "../build/abi/errno.js";
export * from "../build/abi/event-channel.js";
export * from "../build/abi/exit.js";
export * from "../build/abi/files.js";
export * from "../build/abi/guest-entry.js";
export * from "../build/abi/hypercall.js";
export * from "../build/abi/memory.js";
export * from "../build/abi/scheduling.js";
export * from "../build/abi/service.js";
export * from "../build/abi/start-info.js";
export * from "../build/abi/system.js";
export * from "../build/abi/version.js";
