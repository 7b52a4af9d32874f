import type { Assign, Lowering } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { bytesPerElement, reachable, type Tensor } from "../graph/tensor.js";
import type { LoopAttributes } from "./loop-body.js";

/** The loop's instructions, between copies of what is carried into it and out of it. */
export function lowerLoop({ node, ys, x, emit, scratch, isWanted, repeat }: Lowering<LoopAttributes>): void {
  const { length, reverse, carry, parts, shared, next, made, slots } = node.attributes;
  const count = carry.length;
  const live = liveCarry(node.attributes, isWanted);
  const addresses = new Map<Tensor, (time: number) => number>();
  const at = (leaf: Tensor, base: number, ahead = 0) => {
    const bytes = bytesOf(leaf);
    addresses.set(leaf, (time) => base + (time + ahead) * bytes);
  };
  const [before, after] = reverse ? [1, 0] : [0, 1];
  const copy = (y: number, from: number, leaf: Tensor) => {
    const n = sizeOf(leaf.shape);
    if (n > 0) emit("copy", { y, x: from, n });
  };
  carry.forEach((leaf, i) => {
    if (!live.has(leaf)) return;
    if (isWanted(count + i)) {
      const history = ys[count + i]!;
      at(leaf, history, before);
      at(slots.next[i]!, history, after);
      copy(history + (reverse ? length * bytesOf(leaf) : 0), x[i]!, leaf);
    } else {
      const place = isWanted(i) ? ys[i]! : scratch(bytesOf(leaf));
      addresses.set(leaf, () => place);
      copy(place, x[i]!, leaf);
    }
  });
  parts.forEach((leaf, i) => {
    at(leaf, x[count + i]!);
  });
  shared.forEach((leaf, i) => {
    addresses.set(leaf, () => x[count + parts.length + i]!);
  });
  slots.made.forEach((leaf, i) => {
    at(leaf, ys[2 * count + i]!);
  });
  const assigns = (): Assign[] => [
    ...next.flatMap((value, i) => {
      if (!live.has(carry[i]!)) return [];
      return [{ to: isWanted(count + i) ? slots.next[i]! : carry[i]!, value }];
    }),
    ...made.flatMap((value, i) => (isWanted(2 * count + i) ? [{ to: slots.made[i]!, value }] : [])),
  ];
  repeat(assigns, length, (leaf, turn) => addresses.get(leaf)!(reverse ? length - 1 - turn : turn));
  carry.forEach((leaf, i) => {
    if (!isWanted(i) || !isWanted(count + i)) return;
    copy(ys[i]!, ys[count + i]! + (reverse ? 0 : length * bytesOf(leaf)), leaf);
  });
}

const bytesOf = ({ type, shape }: Tensor): number => bytesPerElement(type) * sizeOf(shape);

/** What has to be carried on for what is wanted. */
function liveCarry(
  { carry, next, made }: LoopAttributes,
  isWanted: (output: number) => boolean,
): ReadonlySet<Tensor> {
  const count = carry.length;
  const live = new Set(carry.filter((_, i) => isWanted(i) || isWanted(count + i)));
  for (let before = -1; before < live.size; ) {
    before = live.size;
    const roots = [
      ...next.filter((_, i) => live.has(carry[i]!)),
      ...made.filter((_, i) => isWanted(2 * count + i)),
    ];
    const needed = new Set(reachable(roots));
    for (const leaf of carry) if (needed.has(leaf)) live.add(leaf);
  }
  return live;
}
