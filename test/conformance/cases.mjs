// Which cases of a hypercall have to be tested: what a caller can get wrong follows from its parameters.

/** Parameters of which every value is right. */
const FREE = new Set([
  ...["length", "requestLength", "replyLength", "argument", "stackPointer", "code", "a", "b", "deadlineNs"],
]);
const POINTERS = new Set(["offset", "request", "reply", "programOffset"]);

/** @param {import("../../tools/abi/model.mjs").Hypercall} hypercall */
export function casesOf({ parameters }) {
  const names = parameters.map(({ name }) => name);
  const cases = new Set();
  for (const name of names) {
    if (POINTERS.has(name)) cases.add("bad-pointer");
    else if (name === "context") cases.add("bad-handle").add("wrong-owner");
    else if (!FREE.has(name)) cases.add("bad-value");
  }
  return [...cases, "twice", "good"];
}
