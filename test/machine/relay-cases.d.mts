import type { Start } from "./relay.mjs";

export function starts(): Promise<Start[]>;
