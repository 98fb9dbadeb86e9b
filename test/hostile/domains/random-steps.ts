// Random lists for the guest of random-guest.ts.
import fc from "fast-check";
import { Kind, LISTS, type Step } from "./random-guest.js";
import { HYPERCALLS } from "./wat.js";

/** What sits at the edges of checks, and what is likely to be right. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt(0n, 9n) },
  { weight: 3, arbitrary: fc.bigInt(0xff00n, 0x10010n) },
  { weight: 2, arbitrary: fc.bigInt(0n, 0x40010n) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        -1n,
        -2n,
        -8n,
        -48n,
        1n << 31n,
        (1n << 31n) - 1n,
        (1n << 32n) - 1n,
        1n << 32n,
        (1n << 63n) - 1n,
        1n << 63n,
      ],
      ...[
        0x10000n,
        0xffffn,
        0x10001n,
        0xfff8n,
        0xffd0n,
        0x40000n,
        0x40000000n,
        4096n,
        4097n,
        256n,
        257n,
        64n,
        16n,
      ],
    ),
  },
  { weight: 1, arbitrary: fc.bigInt(-(1n << 63n), (1n << 63n) - 1n) },
);
const none = fc.constant<bigint[]>([]);

/** What is likely to be right, by the parameter's name. */
const LIKELY: Readonly<Record<string, fc.Arbitrary<bigint>>> = {
  context: fc.bigInt(0n, 6n),
  offset: fc.bigInt(0xc000n, 0xefffn),
  request: fc.bigInt(0xc000n, 0xefffn),
  reply: fc.bigInt(0xc000n, 0xefffn),
  length: fc.bigInt(0n, 600n),
  requestLength: fc.bigInt(0n, 600n),
  replyLength: fc.bigInt(0n, 600n),
  deadlineNs: fc.bigInt(0n, 3_000_000n),
  service: fc.constant(1n),
  word: fc.constant(0n),
  which: fc.bigInt(0n, 1n),
  flags: fc.bigInt(0n, 1n),
};

function valuesOf({ parameters }: { parameters: readonly { name: string }[] }): fc.Arbitrary<bigint[]> {
  const each = [0, 1, 2, 3, 4].map((index) => {
    const likely = LIKELY[parameters[index]?.name ?? ""];
    return likely === undefined
      ? value
      : fc.oneof({ weight: 3, arbitrary: likely }, { weight: 1, arbitrary: value });
  });
  return fc.tuple(...each);
}

/** Ops whose results depend on time, or on how often the guest was stopped; and those that wait for what never comes. */
const OF_TIME = ["timer_set", "time_monotonic", "time_wall", "vcpu_runstate", "sched_block", "service_call"];

export function lists({ timeless }: { timeless: boolean }): fc.Arbitrary<Step[][]> {
  const usable = HYPERCALLS.map((each, place) => ({ ...each, place })).filter(
    ({ name }) => !timeless || !OF_TIME.includes(name),
  );
  // Contexts more often than the rest: they are where states meet.
  const often = usable.filter(({ name }) => name.startsWith("context") || name.startsWith("upcall"));
  const hypercall = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...usable) },
    { weight: 1, arbitrary: fc.constantFrom(...often) },
  );
  // A shutdown that is not refused is one step in a thousand or so: most lists go on.
  const calls = fc
    .tuple(
      hypercall.chain((each) => valuesOf(each).map((given) => [each, given] as const)),
      fc.constantFrom(Kind.Number, Kind.Name, Kind.Table),
      fc.integer({ min: 0, max: 19 }),
    )
    .map(([[{ name, number, place }, given], kind, chance]): Step => {
      const shown = name === "sched_shutdown" && chance !== 0 ? [2n, ...given.slice(1)] : given;
      return { kind, number: kind === Kind.Number ? number : place, values: shown };
    });
  const numbers = timeless
    ? fc.constantFrom(
        ...Array.from({ length: 256 }, (_, n) => n).filter((n) => !HYPERCALLS.some((h) => h.number === n)),
      )
    : fc.integer();
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 20, arbitrary: calls },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant(Kind.Number),
        number: numbers,
        values: fc.array(value, { minLength: 5, maxLength: 5 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant(Kind.Compute),
        number: fc.integer({ min: 0, max: 300 }),
        values: none,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant(Kind.Deep),
        number: fc.integer({ min: 0, max: 60 }),
        values: none,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant(Kind.Grow),
        number: fc.constantFrom(0, 1, 2, 3, 0xffff, 0xffffffff),
        values: none,
      }),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: Kind.Again, number: 0, values: [] }) },
  );
  const list = fc.array(step, { minLength: 0, maxLength: 12 });
  const main = fc.array(step, { minLength: 5, maxLength: 30 });
  return fc
    .tuple(main, fc.array(list, { minLength: LISTS - 1, maxLength: LISTS - 1 }))
    .map(([first, others]) => [first, ...others]);
}
