/** A stretch of memory that is in use from step `first` to step `last`, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

const ALIGN = 64;

/**
 * Gives every lifetime an offset so that no two that overlap in time overlap in space, and says how many bytes that takes.
 *
 * Greedy by size: the largest first, each into the lowest gap among those already placed that live at the same time. Not optimal in
 * general (that is NP-hard), close to the lower bound on layered networks.
 */
export function planMemory(lifetimes: readonly Lifetime[]): { offsets: number[]; bytes: number } {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[b]!.bytes - lifetimes[a]!.bytes || a - b);
  const placed: number[] = [];
  let total = 0;
  for (const i of order) {
    const { first, last } = lifetimes[i]!;
    const bytes = Math.ceil(lifetimes[i]!.bytes / ALIGN) * ALIGN;
    const neighbours = placed
      .filter((j) => lifetimes[j]!.first <= last && first <= lifetimes[j]!.last)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let offset = 0;
    for (const j of neighbours) {
      if (offset + bytes <= offsets[j]!) break;
      offset = Math.max(offset, offsets[j]! + Math.ceil(lifetimes[j]!.bytes / ALIGN) * ALIGN);
    }
    offsets[i] = offset;
    total = Math.max(total, offset + bytes);
    placed.push(i);
  }
  return { offsets, bytes: total };
}
