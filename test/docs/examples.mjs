// The programs that docs/embedding.md shows, and the plugin that they run.
import { readFileSync } from "node:fs";
import wabt from "wabt";

/**
 * The first block of this language in a document.
 * @param {string} document its path below the repository
 * @param {string} language
 */
export function example(document, language) {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");
  const block = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(text)?.[1];
  if (block === undefined) throw new Error(`${document} shows nothing in ${language}`);
  return block;
}

const wat = `(module
  (import "host" "log" (func $log (param i32)))
  (import "host" "price" (func $price (param i32) (result i32)))
  (func (export "total") (param $items i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call $price (local.get $items))))
      (br_if $next (local.tee $items (i32.sub (local.get $items) (i32.const 1)))))
    (call $log (local.get $sum))
    (local.get $sum))
  (func (export "forever") (loop $again (br $again))))`;

/** @returns {Promise<Uint8Array>} the plugin, as a module */
export async function plugin() {
  const module = (await wabt()).parseWat("plugin.wat", wat);
  return module.toBinary({}).buffer;
}
