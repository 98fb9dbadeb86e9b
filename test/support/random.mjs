// A small deterministic generator: the same seed gives the same run on every engine.

/**
 * xorshift32.
 * @param {number} seed any integer
 * @returns {() => number} each call gives a number from 0 (included) to 1 (excluded)
 */
export function randomNumbers(seed) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * How a run is cut into slices: how many units each slice gets.
 * - undefined or "none": as much as there is;
 * - "every": only what the last safepoint still owes, so that every single safepoint stops the guest;
 * - "random:SEED": sizes spread evenly over the magnitudes from 1 to `most`.
 * @param {string | undefined} policy
 * @param {number} most
 * @returns {() => number}
 */
export function sliceSizes(policy, most) {
  if (policy === undefined || policy === "" || policy === "none") return () => 2 ** 30;
  if (policy === "every") return () => 1;
  const seed = /^random:(\d+)$/.exec(policy)?.[1];
  if (seed === undefined) throw new Error(`no policy ${policy}: there are none, every and random:SEED`);
  const next = randomNumbers(Number(seed));
  return () => Math.floor(most ** next());
}
