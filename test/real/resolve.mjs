import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Imports an ES module from a folder of fetched packages.
 * @param {string} folder that holds `node_modules`
 * @param {string} specifier "PACKAGE" or "PACKAGE/FILE"
 */
export async function importFrom(folder, specifier) {
  const parts = specifier.split("/");
  const packageName = parts.splice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const home = join(folder, "node_modules", packageName);
  let file = parts.join("/");
  if (!file) {
    const description = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    const main = description.exports?.["."] ?? description.exports ?? description.main;
    file = typeof main === "string" ? main : (main.import ?? main.default);
  }
  return import(pathToFileURL(join(home, file)).href);
}
