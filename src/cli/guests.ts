import type { Command } from "commander";
import { readCatalogue } from "./catalogue.js";
import { formatTable } from "./table.js";
import { paintFor } from "./text.js";

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
      const columns = [{ title: "GUEST" }, { title: "LANGUAGE" }, { title: "WHAT IT DOES" }];
      const rows = guests.map(({ name, language, title }) => [paint.strong(name), language, title]);
      console.log(formatTable(columns, rows, paint));
    });
}
