import type { WordReader } from "./operands.js";

/** The rate lies in memory, as an f32. */
export function rateFault(args: { rate: number }, memory: WordReader): string | undefined {
  const rate = new Float32Array(Uint32Array.of(memory.word(args.rate)).buffer)[0]!;
  return rate >= 0 && rate <= 1 ? undefined : `expected a rate in [0, 1], got ${rate}`;
}
