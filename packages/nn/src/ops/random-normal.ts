import type { Op } from "../graph/op.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { cast } from "./cast.js";
import { elementwise } from "./elementwise.js";
import { slice } from "./parts.js";
import { reshape } from "./reshape.js";

/**
 * Random u32: the words of Philox4x32-10 blocks 0, 1, … of the counter (block, the bits of the stream as float32, step low, step high) under the seed.
 * The reference can't draw them and has the middle, 2³¹, for each.
 */
const randomWordsOp: Op = {
  name: "randomWords",
  gradient: "none",
  lower: ({ node, emit, y, n, words, constant, scratch }) => {
    if (n === 0) return;
    const counter = scratch(16);
    emit("fill", { y: counter, n: 1, value: 0 });
    emit("copy", { y: counter + 4, x: constant(node.attributes.stream as number), n: 1 });
    emit("copy", { y: counter + 8, x: words.step, n: 2 });
    emit("philox", { y, counter, key: words.seed, blocks: n / 4 });
  },
};

/** Of two words a, b: √(−2·log u)·cos(2πv) with u = (a + ½)/2³², v = b/2³². Box & Muller, 1958. */
const boxMuller = elementwise("boxMuller", ["a", "b"], ({ a, b }) =>
  a
    .add(0.5)
    .mul(2 ** -32)
    .log()
    .mul(-2)
    .sqrt()
    .mul(b.mul(2 * Math.PI * 2 ** -32).cos()),
);

/** Independent numbers of N(0, 1), a function of (seed, stream, step, index). No gradient. */
export function randomNormal(shape: Shape, { stream }: { readonly stream: number }): Tensor {
  const n = sizeOf(shape);
  const words = makeTensor(randomWordsOp, [], { stream }, [4 * Math.ceil(n / 2)], "u32");
  const numbers = cast(words, "f32");
  const part = (start: number) => slice(numbers, { axes: [0], starts: [start], ends: [start + n] });
  return reshape(boxMuller(part(0), part(n)), shape);
}
