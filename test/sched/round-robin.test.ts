import { describe, expect, it } from "vitest";
import { RoundRobin } from "../../src/sched/round-robin.js";

function scheduler(names: string) {
  const robin = new RoundRobin<string>({ sliceNs: 5 });
  for (const name of names) {
    robin.add(name);
    robin.wake(name);
  }
  return robin;
}
/** Picks and charges so often, and tells who it was. */
function turns(robin: RoundRobin<string>, count: number): string {
  let order = "";
  for (let i = 0; i < count; i++) {
    const slice = robin.pick();
    if (slice === undefined) return `${order}.`;
    order += slice.vcpu;
    robin.charge(slice.vcpu, slice.sliceNs, "preempted");
  }
  return order;
}

describe("round robin", () => {
  it("lets everybody run in turn, with equal slices", () => {
    const robin = scheduler("abc");
    expect(turns(robin, 7)).toBe("abcabca");
    expect(robin.pick()).toEqual({ vcpu: "b", sliceNs: 5 });
  });

  it("picks nobody twice at a time, as several physical CPUs ask it", () => {
    const robin = scheduler("ab");
    expect(robin.pick()?.vcpu).toBe("a");
    expect(robin.pick()?.vcpu).toBe("b");
    expect(robin.pick()).toBeUndefined();
    robin.wake("a");
    expect(robin.pick(), "it runs already").toBeUndefined();
    robin.charge("a", 1, "asleep");
    expect(robin.pick()).toBeUndefined();
    robin.wake("a");
    expect(robin.pick()?.vcpu).toBe("a");
  });

  it("puts whoever wakes or yields at the end, once", () => {
    const robin = scheduler("abc");
    robin.sleep("a");
    robin.sleep("a");
    expect(turns(robin, 2)).toBe("bc");
    robin.wake("a");
    robin.wake("a");
    expect(turns(robin, 4)).toBe("bcab");
    const slice = robin.pick()!;
    robin.charge(slice.vcpu, 1, "yielded");
    expect(turns(robin, 3)).toBe("abc");
  });

  it("forgets whoever is removed, ready, asleep or running", () => {
    const robin = scheduler("abcd");
    expect(robin.pick()?.vcpu).toBe("a");
    robin.remove("a");
    robin.remove("c");
    robin.charge("a", 1, "preempted");
    robin.wake("c");
    expect(turns(robin, 3)).toBe("bdb");
    robin.remove("b");
    robin.remove("d");
    expect(turns(robin, 1)).toBe(".");
  });

  it("refuses slices of no length", () => {
    expect(() => new RoundRobin({ sliceNs: 0 })).toThrow("above 0");
  });
});
