/** SHA-256 in hexadecimal. Beside the thread where the platform can; pages of insecure origins have no crypto.subtle. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest =
    globalThis.crypto?.subtle === undefined
      ? (await import("@noble/hashes/sha2")).sha256(bytes)
      : new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
