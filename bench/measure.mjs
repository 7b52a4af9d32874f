// Timing that a busy machine distorts as little as can be: warmed up, interleaved, medians.

/**
 * How long each candidate runs before it is timed: engines compile hot code only after some ten milliseconds of it. And how long one sample is, so that
 * the clock's grain and the call's own cost vanish. Both in milliseconds; a trial sets them to next to nothing.
 */
export const pace = { warmMs: 150, sampleMs: 20 };

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Times candidates `{ name, run(times) }` in turn, round after round, so that a slow moment of the machine hits them all alike.
 * @returns for each candidate microseconds a run: median, min and max over the rounds, and the rounds themselves.
 */
export async function interleaved(
  candidates,
  { rounds = 15, sampleMs = pace.sampleMs, warmMs = pace.warmMs } = {},
) {
  const times = [];
  for (const { run } of candidates) times.push(await warm(run, warmMs, sampleMs));
  const samples = candidates.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { run }] of candidates.entries()) {
      const began = performance.now();
      await run(times[i]);
      samples[i].push(((performance.now() - began) * 1000) / times[i]);
    }
  }
  return candidates.map(({ name }, i) => ({
    name,
    microseconds: median(samples[i]),
    min: Math.min(...samples[i]),
    max: Math.max(...samples[i]),
    samples: samples[i],
  }));
}

/** Runs for a while and finds how many runs make a sample. */
async function warm(run, warmMs, sampleMs) {
  let times = 1;
  let each = Number.POSITIVE_INFINITY;
  for (const began = performance.now(); performance.now() - began < warmMs; ) {
    const start = performance.now();
    await run(times);
    each = Math.min(each, (performance.now() - start) / times);
    times = Math.max(1, Math.min(1000, Math.ceil(sampleMs / Math.max(each, 1e-6))));
  }
  return times;
}
