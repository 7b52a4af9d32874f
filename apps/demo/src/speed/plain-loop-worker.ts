// The product that anybody would write first, as the rung below all others. In a worker: it takes its time.

/** C = A·B, all [size, size]: three loops, no blocking, no vectors. */
function product(a: Float32Array, b: Float32Array, c: Float32Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[i * size + k]! * b[k * size + j]!;
      c[i * size + j] = sum;
    }
  }
}

addEventListener("message", ({ data: { size, budget } }: MessageEvent<{ size: number; budget: number }>) => {
  const a = Float32Array.from({ length: size * size }, (_, i) => (i % 7) / 7);
  const b = Float32Array.from({ length: size * size }, (_, i) => (i % 5) / 5);
  const c = new Float32Array(size * size);
  product(a, b, c, size); // once for the compiler
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + budget;
  do {
    const began = performance.now();
    product(a, b, c, size);
    best = Math.min(best, performance.now() - began);
  } while (performance.now() < end);
  postMessage((2 * size ** 3) / best / 1e6);
});
