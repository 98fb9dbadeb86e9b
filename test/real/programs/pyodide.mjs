// CPython with its own glue (dynamic linking, exceptions, JS frames between Python and Python).
import { importFrom } from "../resolve.mjs";

export const packages = { pyodide: "314.0.7" };
export const compares = "printed lines";
/** Python is allowed to recurse a thousand levels, each of several large frames. */
export const stackBytes = 5 << 20;

const program = `
import json, re, sys, hashlib, random
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(18))
try:
    json.loads('{')
except Exception as e:
    print(e)
random.seed(7)
print(hashlib.sha256(bytes(random.randrange(256) for _ in range(5000))).hexdigest())
print(sorted(re.findall(r'[a-z]+', 'the quick brown fox jumps over the lazy dog'), key=len)[-3:])
def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)
print(deep(300))
try:
    deep(10 ** 9)
except RecursionError as e:
    print(type(e).__name__)
print(pow(3, 4001, 10 ** 60))
from js import callBack
print(callBack(lambda x: fib(x)))
print(sum(i * j % 7 for i in range(300) for j in range(100)))
`;

/** @param {string} folder @returns {Promise<Uint8Array>} */
export async function run(folder) {
  const { loadPyodide } = await importFrom(folder, "pyodide/pyodide.mjs");
  const lines = [];
  const python = await loadPyodide({ stdout: (line) => lines.push(line), stderr: () => {} });
  Object.assign(globalThis, { callBack: (f) => f(12) });
  python.runPython(program);
  return new TextEncoder().encode(lines.join("\n"));
}
