// wasmvisor/translator in browsers: the first name of wasmvisor/embed.
export * from "./embed.browser.js";
