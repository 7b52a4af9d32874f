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
  const placed = new Placed();
  let total = 0;
  for (const i of order) {
    const life = lifetimes[i]!;
    const bytes = Math.ceil(life.bytes / ALIGN) * ALIGN;
    const begin = placed.lowestGap(bytes, life);
    placed.add({ begin, end: begin + bytes, life });
    offsets[i] = begin;
    total = Math.max(total, begin + bytes);
  }
  return { offsets, bytes: total };
}

interface Stretch {
  readonly begin: number;
  readonly end: number;
  readonly life: Lifetime;
}

/** Stretches one behind the other, and what holds for them: when any of them is in use, when all are, and the most room between two. */
interface Run {
  readonly stretches: Stretch[];
  readonly first: number;
  readonly last: number;
  readonly allFrom: number;
  readonly allUntil: number;
  readonly end: number;
  readonly gap: number;
}

/** The most stretches of a run. */
const MOST = 64;

/**
 * The stretches that have their place, by where they begin. A deep network has thousands that are in use at once with no room between them: they are
 * passed over by the run.
 */
class Placed {
  readonly #runs: Run[] = [];

  lowestGap(bytes: number, { first, last }: Lifetime): number {
    let offset = 0;
    for (const run of this.#runs) {
      if (run.first > last || run.last < first) continue;
      const areAll = run.allFrom <= last && run.allUntil >= first;
      if (areAll && run.gap < bytes && offset + bytes > run.stretches[0]!.begin) {
        offset = Math.max(offset, run.end);
        continue;
      }
      for (const { begin, end, life } of run.stretches) {
        if (life.first > last || life.last < first) continue;
        if (offset + bytes <= begin) return offset;
        offset = Math.max(offset, end);
      }
    }
    return offset;
  }

  add(stretch: Stretch): void {
    const runs = this.#runs;
    let at = runs.findLastIndex(({ stretches }) => stretches[0]!.begin <= stretch.begin);
    if (at < 0) at = 0;
    const stretches = runs[at]?.stretches ?? [];
    stretches.splice(stretches.findLastIndex(({ begin }) => begin <= stretch.begin) + 1, 0, stretch);
    const rest = stretches.length > MOST ? stretches.splice(MOST / 2) : [];
    runs.splice(at, 1, runOf(stretches), ...(rest.length > 0 ? [runOf(rest)] : []));
  }
}

function runOf(stretches: Stretch[]): Run {
  const lives = stretches.map(({ life }) => life);
  let end = stretches[0]!.begin;
  let gap = 0;
  for (const stretch of stretches) {
    gap = Math.max(gap, stretch.begin - end);
    end = Math.max(end, stretch.end);
  }
  return {
    ...{ stretches, end, gap },
    first: Math.min(...lives.map(({ first }) => first)),
    last: Math.max(...lives.map(({ last }) => last)),
    allFrom: Math.max(...lives.map(({ first }) => first)),
    allUntil: Math.min(...lives.map(({ last }) => last)),
  };
}
