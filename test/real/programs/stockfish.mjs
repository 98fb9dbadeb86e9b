// Stockfish (lite, single-threaded: SIMD), with its own glue. It was built with Asyncify, so that its own
// unwinding and ours are at work at the same time. Searches to a fixed depth; the nodes visited must agree.
import { createRequire } from "node:module";
import { join } from "node:path";

export const packages = { stockfish: "19.0.0" };
export const compares = "lines of the searches, without times";

const positions = [
  ["startpos", 11],
  ["fen r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1", 9],
  ["fen 8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", 11],
];

/** @param {string} folder @returns {Promise<Uint8Array>} */
export async function run(folder) {
  const require = createRequire(join(folder, "package.json"));
  const start = require("stockfish");
  const lines = [];
  const log = console.log;
  console.log = () => {}; // its greeting would spoil our own output
  const engine = await start("lite-single");
  engine.listener = (line) => lines.push(line);
  const command = (text) => engine.ccall("command", null, ["string"], [text], { async: true });
  for (const [position, depth] of positions) {
    await command("ucinewgame");
    await command(`position ${position}`);
    const searched = new Promise((resolve) => {
      engine.listener = (line) => {
        lines.push(line);
        if (line.startsWith("bestmove")) resolve(undefined);
      };
    });
    await command(`go depth ${depth}`);
    await searched;
  }
  await command("position startpos");
  await command("go perft 4");
  console.log = log;
  const deterministic = lines.map((line) => line.replace(/ (nps|time) \d+/g, ""));
  if (!deterministic.some((line) => /^Nodes searched: 197281$/.test(line)))
    throw new Error(`stockfish counts wrong: ${deterministic.slice(-3).join(" | ")}`);
  return new TextEncoder().encode(deterministic.join("\n"));
}
