import type { Step } from "./step.js";

/** Where something lies outside the arena. In a loop's body that is another place in every turn. */
export interface Place {
  readonly address: number;
}

/** A tensor's memory: in the arena, or at a place of its own. In use from step `first` to step `last`, both included. */
export interface Buffer {
  readonly bytes: number;
  readonly place: Place | undefined;
  first: number;
  last: number;
  /** The buffer whose memory this one takes over. */
  inside: Buffer | undefined;
  /** The offset in the arena. */
  offset: number;
}

export function newBuffer(bytes: number, first: number, place?: Place): Buffer {
  return { bytes, place, first, last: first, inside: undefined, offset: 0 };
}

/** The buffer whose memory a chain of takeovers shares. */
function rootOf(buffer: Buffer): Buffer {
  let root = buffer;
  while (root.inside) root = root.inside;
  return root;
}

/** A step with the buffers of what it reads and writes. */
export interface Occupied {
  readonly step: Step;
  readonly reads: readonly Buffer[];
  readonly writes: readonly Buffer[];
}

/** Lets steps write over what they read, where they can and nobody needs it after them. */
export function shareInPlace(steps: readonly Occupied[]): void {
  steps.forEach(({ step, reads, writes }, index) => {
    const taken = new Set<Buffer>();
    writes.forEach((target, which) => {
      if (target.place !== undefined) return;
      const source = reads.find((read, i) => {
        const free = read.place === undefined && read.last === index && target.bytes <= read.bytes;
        // Another read of the same memory would see it half overwritten only if it were repeated or shifted: those keep it alive as a buffer.
        const once = reads.every((other, j) => j === i || other !== read);
        return free && once && !taken.has(rootOf(read)) && step.overwrites(which, i);
      });
      if (!source) return;
      const root = rootOf(source);
      taken.add(root);
      target.inside = root;
      root.last = Math.max(root.last, target.last);
    });
  });
}
