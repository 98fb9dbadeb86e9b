export interface Victim {
  readonly name: string;
  readonly file: Uint8Array<ArrayBuffer>;
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  readonly wasi: boolean;
}

export function victims(library: object): Promise<[Victim, ...Victim[]]>;
export function hammer(
  library: object,
  cases: number,
  below: (bound: number) => number,
  told?: (done: number) => void,
): Promise<Record<string, Record<string, number>>>;
