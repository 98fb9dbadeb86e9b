/** src/abi.ts: the interface for the host. @param {import("./model.mjs").Abi} abi */
export function hostOf(abi) {
  return `// Generated from assembly/abi by \`npm run abi\`.
//
// The interface that guests see, for the host: the only file that reaches into assembly/abi. The build compiles that
// folder to build/abi, which lies beside src/ and dist/ alike, so the paths are right from both.
${abi.files.map(({ name }) => `export * from "../build/abi/${name}.js";`).join("\n")}
`;
}
