// wasmvisor/translator: the first name of wasmvisor/embed.
export * from "./embed.js";
