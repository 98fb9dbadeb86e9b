/** Something that may be in a heap. */
export interface HeapMember {
  /** Its place in the heap; -1: it is in none. Kept by the heap. */
  place: number;
}

/** A binary heap whose members know their places, so that each change, removal too, costs a logarithm. */
export class Heap<T extends HeapMember> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #members: T[] = [];

  /** `before`: whether `a` goes before `b`. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get first(): T | undefined {
    return this.#members[0];
  }

  /** It must be in no heap. */
  add(member: T): void {
    member.place = this.#members.length;
    this.#members.push(member);
    this.moved(member);
  }

  /** It must be in this heap. */
  remove(member: T): void {
    const { place } = member;
    member.place = -1;
    const last = this.#members.pop()!;
    if (last === member) return;
    this.#put(last, place);
    this.moved(last);
  }

  /** What `member` is ordered by has changed. */
  moved(member: T): void {
    const members = this.#members;
    let { place } = member;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#before(member, members[above]!)) break;
      this.#put(members[above]!, place);
      place = above;
    }
    for (;;) {
      let below = 2 * place + 1;
      if (below + 1 < members.length && this.#before(members[below + 1]!, members[below]!)) below += 1;
      if (below >= members.length || !this.#before(members[below]!, member)) break;
      this.#put(members[below]!, place);
      place = below;
    }
    this.#put(member, place);
  }

  #put(member: T, place: number): void {
    this.#members[place] = member;
    member.place = place;
  }
}
