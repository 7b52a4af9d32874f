import type { InstructionTable } from "./instructions.gen.js";

type Permute = InstructionTable["permute"];

/** As many dimensions as `permute` takes. */
const permuteRank = 6;

const dimsOf = (a: Permute) => [a.dim0, a.dim1, a.dim2, a.dim3, a.dim4, a.dim5].slice(0, a.rank);
const spansOf = (a: Permute) => {
  const strides = [a.stride0, a.stride1, a.stride2, a.stride3, a.stride4, a.stride5];
  return dimsOf(a).map((d, k) => (d - 1) * strides[k]!);
};

/** How many elements y has. */
export const permuteSize = (a: Permute): number => dimsOf(a).reduce((product, d) => product * d, 1);

/** From the first element of x that is read to the last: how many. */
export function permuteReach(a: Permute): number {
  return permuteSize(a) === 0 ? 0 : spansOf(a).reduce((sum, span) => sum + Math.abs(span), 1);
}

/** Where the first of them lies, seen from x: strides may be negative. */
export function permuteFirst(a: Permute): number {
  return permuteSize(a) === 0 ? 0 : spansOf(a).reduce((sum, span) => sum + Math.min(0, span), 0);
}

export function rankFault({ rank }: Permute): string | undefined {
  return rank <= permuteRank ? undefined : `expected at most ${permuteRank} dimensions, got ${rank}`;
}
