import { sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Reference } from "./reference.js";

/** The loop of `ops/loop.ts`, step by step: the last carry, its history, and the stacks of what the body makes. */
export const scan: Reference = (inputs, { attributes }, evaluate) => {
  const { length, reverse, carry, parts, shared, next, made } = attributes as unknown as {
    readonly length: number;
    readonly reverse: boolean;
  } & Readonly<Record<"carry" | "parts" | "shared" | "next" | "made", readonly Tensor[]>>;
  let now = inputs.slice(0, carry.length).map(({ data }) => data);
  const sequences = inputs.slice(carry.length, carry.length + parts.length);
  const common = inputs.slice(carry.length + parts.length);
  const histories = carry.map(({ shape }) => new Float64Array((length + 1) * sizeOf(shape)));
  const stacks = made.map(({ shape }) => new Float64Array(length * sizeOf(shape)));
  const keep = (time: number) => {
    now.forEach((values, i) => {
      histories[i]!.set(values, time * values.length);
    });
  };
  keep(reverse ? length : 0);
  for (let turn = 0; turn < length; turn++) {
    const time = reverse ? length - 1 - turn : turn;
    const leaves = new Map<Tensor, Float64Array>();
    carry.forEach((leaf, i) => {
      leaves.set(leaf, now[i]!);
    });
    parts.forEach((leaf, i) => {
      const size = sizeOf(leaf.shape);
      leaves.set(leaf, sequences[i]!.data.slice(time * size, (time + 1) * size));
    });
    shared.forEach((leaf, i) => {
      leaves.set(leaf, common[i]!.data);
    });
    const values = evaluate([...next, ...made], leaves);
    now = values.slice(0, next.length);
    values.slice(next.length).forEach((value, i) => {
      stacks[i]!.set(value, time * value.length);
    });
    keep(reverse ? time : time + 1);
  }
  return [...now, ...histories, ...stacks];
};
