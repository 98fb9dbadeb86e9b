// Boots a machine in a Worker and runs there the guests that it is sent, each beside a well-behaved one.
import { parentPort, workerData } from "node:worker_threads";
import { Machine } from "../../../dist/node.js";

const machine = await Machine.boot({ deterministic: true });
const { largestStackBytes: stackBytes } = machine.stats();

async function run(module, onOutput) {
  const domain = await machine.create({ module, stackBytes, allFrameBytes: 4 * stackBytes, onOutput });
  // Whatever it waits for comes; a service is not there.
  while (domain.state !== "ended" && (await machine.settled()) === "idle") domain.console.write("x");
  const outcome = await domain.ended;
  domain.destroy();
  return outcome;
}

async function witness() {
  let output = "";
  const onOutput = (bytes) => {
    output += new TextDecoder().decode(bytes);
  };
  const domain = await machine.create({ module: workerData.probe, onOutput });
  await domain.ended;
  domain.destroy();
  return output;
}

parentPort.on("message", async (question) => {
  if (question.depth === undefined) {
    const { kind, record } = await run(question);
    parentPort.postMessage({ cause: record?.cause ?? kind, witness: await witness() });
    return;
  }
  let last = 0;
  await run(question.depth, (bytes) => {
    last = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true);
  });
  parentPort.postMessage(last);
});
