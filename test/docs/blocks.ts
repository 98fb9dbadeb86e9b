import { readFileSync } from "node:fs";

export interface Block {
  /** Of the section that it stands in. */
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a document in their order. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");
  const blocks: Block[] = [];
  let heading = "";
  for (const [, title, language, body] of text.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else blocks.push({ heading, language: language!, text: body! });
  }
  return blocks;
}
