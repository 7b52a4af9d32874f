import type { WordReader } from "./operands.js";

/** How many samples a gather's x has at least: one more than the greatest index of the batch. */
export function samplesSeen(
  { indices, position, batch }: { indices: number; position: number; batch: number },
  memory: WordReader,
): number {
  const begin = memory.word(position);
  let samples = 0;
  for (let b = 0; b < batch; b++) samples = Math.max(samples, memory.word(indices, begin + b) + 1);
  return samples;
}
