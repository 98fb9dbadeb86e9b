export async function virtualize(mode, verify) {
  throw new Error("not yet");
}
