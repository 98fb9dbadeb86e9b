import type { Command } from "commander";
import { readCatalogue } from "./catalogue.js";
import { paintFor } from "./text.js";
import { wrap } from "./wrap.js";

const languages: Readonly<Record<string, string>> = {
  assemblyscript: "AssemblyScript",
  c: "C",
  wat: "WebAssembly text",
};

/** `wv guests`: what comes with wasmvisor. */
export function addGuests(program: Command): void {
  program
    .command("guests")
    .summary("list the bundled guests")
    .description("List the guests that come with wasmvisor; `run` takes their names.")
    .option("--json", "print a JSON document")
    .action(async ({ json }: { json?: boolean }) => {
      const guests = [...(await readCatalogue()).values()];
      if (json) {
        console.log(JSON.stringify(guests, undefined, 2));
        return;
      }
      const paint = paintFor(process.stdout);
      const width = Math.max(process.stdout.columns ?? 100, 40);
      const nameWidth = Math.max(...guests.map(({ name }) => name.length));
      for (const { name, language, title } of guests) {
        const head = `${paint.strong(name.padEnd(nameWidth))}  `;
        const text = `${title} ${paint.dim(`(${languages[language] ?? language})`)}`;
        console.log(wrap(text, width, head, " ".repeat(nameWidth + 2)).join("\n"));
      }
    });
}
