// Random numbers for what the marks are trained on: whole-number arithmetic alone, so that a seed gives the same on every machine.

/** Numbers in [0, 1), 32 bits each, by a counter that is hashed (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers from 0 to n − 1 in an order drawn by the seed. */
export function randomOrder(n, seed) {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const random = randomNumbers(seed);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
