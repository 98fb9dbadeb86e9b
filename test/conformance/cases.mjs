// Which cases of a hypercall have to be tested: what a caller can get wrong follows from its parameters.

/** Parameters of which every value is right. */
const FREE = new Set([
  ...["length", "requestLength", "replyLength", "argument", "stackPointer", "code", "a", "b", "deadlineNs"],
]);
const POINTERS = new Set(["offset", "request", "reply", "programOffset"]);

/** Cases that no machine makes possible yet, and what is missing. */
export const LATER = {
  service_call: { good: "a machine gives no domain a service" },
  program_run: { good: "a machine loads no program above a kernel" },
  program_pages: { good: "a machine loads no program above a kernel" },
  program_read: {
    good: "a machine loads no program above a kernel",
    "bad-pointer": "without a program no pointer is looked at",
  },
  program_write: {
    good: "a machine loads no program above a kernel",
    "bad-pointer": "without a program no pointer is looked at",
  },
};

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
