import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable } from "../../src/cli/printable.js";
import { LineMerger } from "../../src/cli/run/line-merger.js";

function merger() {
  let text = "";
  const made = new LineMerger((data) => {
    text += typeof data === "string" ? data : new TextDecoder().decode(data);
  });
  return { merger: made, text: () => text };
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("lines of several guests", () => {
  it("are whole, in their guest's order, and none is lost, however they are written", () => {
    const line = fc.string({ maxLength: 30 }).map((text) => text.replace(/[\p{Cc}\n]/gu, ".").trim());
    const guests = fc.array(fc.array(line, { maxLength: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(guests, fc.infiniteStream(fc.nat(1000)), (lines, random) => {
        const next = () => random.next().value as number;
        const { merger: merged, text } = merger();
        const sources = lines.map((_, index) => merged.background(`${index}|`));
        const left = lines.map((own) => bytes(own.map((one) => `${one}\n`).join("")));
        while (left.some((own) => own.length > 0)) {
          const index = next() % left.length;
          const part = next() % 7;
          sources[index]!.write(left[index]!.subarray(0, part));
          left[index] = left[index]!.subarray(part);
        }
        const found = text().split("\n").slice(0, -1);
        expect(found.length).toBe(lines.reduce((sum, own) => sum + own.length, 0));
        for (const [index, own] of lines.entries()) {
          const prefix = `${index}|`;
          const mine = found.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length));
          expect(mine).toEqual(own);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are put out when their guest has ended, and only then, if their end is missing", () => {
    const { merger: merged, text } = merger();
    const source = merged.background("a|");
    source.write(bytes("one\ntw"));
    expect(text()).toBe("a|one\n");
    source.write(bytes("o"));
    source.flush();
    source.flush();
    expect(text()).toBe("a|one\na|two\n");
  });

  it("are broken where they are too long, between characters", () => {
    const { merger: merged, text } = merger();
    const source = merged.background("");
    const long = `a${"é".repeat(10_000)}`;
    source.write(bytes(long));
    source.flush();
    const found = text().split("\n").slice(0, -1);
    expect(found.length).toBe(3);
    expect(found.every((line) => bytes(line).length <= 8192)).toBe(true);
    expect(found.join("")).toBe(long);
  });

  it("are put above the line that the guest with the terminal has begun, which is written again", () => {
    const { merger: merged, text } = merger();
    const front = merged.foreground();
    const back = merged.background("b|");
    front.write(bytes("welcome\n> he"));
    front.write(bytes("llo"));
    back.write(bytes("news\n"));
    expect(text()).toBe("welcome\n> hello\r\x1b[Jb|news\n> hello");
    front.write(bytes("\n"));
    back.write(bytes("more\n"));
    expect(text().endsWith("\nb|more\n")).toBe(true);
  });
});

describe("text of a guest among others", () => {
  it("keeps its colours up to the end of the line", () => {
    expect(printable("\x1b[31mred")).toBe("\x1b[31mred\x1b[0m");
    expect(printable("plain\ttext é 漢")).toBe("plain\ttext é 漢");
  });

  it("can neither move the cursor nor change the terminal", () => {
    const hostile = "a\x1b[2J\x1b]0;title\x07\rb\b\x7f\u009b1A\0";
    expect(printable(hostile)).toBe("a␛[2J␛]0;title␇␍b␈␡\\x9b1A␀");
    const isControl = (text: string) => /\p{Cc}/u.test(text) && text !== "\t";
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
        expect([...printable(text.replaceAll("\x1b[", ""))].some(isControl)).toBe(false);
      }),
    );
  });
});
