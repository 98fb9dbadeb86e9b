// Runs legs for another process, perhaps of another version of Node.js. Messages: { index, file, quanta }, then { file } or { result };
// bytes as base64.
import { pathToFileURL } from "node:url";
import { leg } from "./relay.mjs";
import { starts } from "./relay-cases.mjs";

const library = await import(pathToFileURL(process.argv[2]).href);
const all = await starts();
process.on("message", async ({ index, file, quanta }) => {
  try {
    const ended = await leg(
      library,
      all[index],
      new Uint8Array(Buffer.from(file, "base64")),
      quanta ?? undefined,
    );
    process.send({ ...ended, ...(ended.file && { file: Buffer.from(ended.file).toString("base64") }) });
  } catch (error) {
    process.send({ error: error.stack });
  }
});
