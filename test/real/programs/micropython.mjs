// MicroPython with its own glue, which is full of JS frames: exceptions are setjmp/longjmp through JS
// (`invoke_*`), and Python calls JS that calls Python. What runs below such a frame is pinned.
import { importFrom } from "../resolve.mjs";

export const packages = { "@micropython/micropython-webassembly-pyscript": "1.27.0" };
export const compares = "printed lines";

const program = `
import js, host, json, re, random

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print('fib', fib(19))

counts = {}
for i in range(20000):
    counts[i % 997] = counts.get(i % 997, 0) + i * i
print('dict', sum(counts.values()))

class Matrix:
    def __init__(self, rows): self.rows = rows
    def __mul__(self, other):
        columns = list(zip(*other.rows))
        return Matrix([[sum(a * b for a, b in zip(row, column)) for column in columns] for row in self.rows])
m = Matrix([[(i * 7 + j * 3) % 11 for j in range(12)] for i in range(12)])
p = m
for _ in range(6):
    p = p * m
print('matrix', p.rows[0][:3])

def deep(n):
    if n == 0: raise ValueError('bottom')
    try:
        deep(n - 1)
    except IndexError:
        print('never')
caught = 0
for i in range(60):
    try:
        deep(i % 20)
    except ValueError:
        caught += 1
print('caught', caught)

def squares():
    for i in range(200):
        yield i * i
print('generator', sum(squares()))
print('sort', sorted(str(i * 7919 % 1000) for i in range(300))[:4])
print('json', json.dumps(json.loads('{"a": [1, 2.5, null, true], "b": "x"}')))
print('re', re.match('(a+)(b*)c', 'aaabbc').group(2))
print('bigint', 3 ** 400 % 10 ** 30)
print('to js', host.add(3, 4))
print('js calls back', [js.callBack(lambda x: fib(x)) for _ in range(3)])
`;

/** @param {string} folder @returns {Promise<Uint8Array>} */
export async function run(folder) {
  const { loadMicroPython } = await importFrom(
    folder,
    "@micropython/micropython-webassembly-pyscript/micropython.mjs",
  );
  const lines = [];
  const python = await loadMicroPython({
    heapsize: 4 << 20,
    stdout: (line) => lines.push(line),
    linebuffer: true,
  });
  Object.assign(globalThis, { callBack: (f) => f(12) });
  python.registerJsModule("host", { add: (a, b) => a + b });
  python.runPython(program);
  if (!lines.some((line) => line.includes("js calls back [144, 144, 144]")))
    throw new Error(`micropython did not finish: ${lines.slice(-2).join(" | ")}`);
  return new TextEncoder().encode(lines.join("\n"));
}
