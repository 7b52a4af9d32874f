// Random numbers by counters.
import { input, once, output, size } from "../program/table.mjs";

export const helpers = { ROUNDS: "random/constants" };

export const rows = {
  philox: {
    doc: "4·blocks random u32 at y: block b is Philox4x32-10 of the counter (c0 + b, c1, c2, c3), four u32, under the key, two.",
    args: { y: output("4 * blocks", "u32"), counter: input(4, "u32"), key: input(2, "u32"), blocks: size },
    split: once,
    cost: "4 * blocks",
    from: "random/philox",
    kernel: "philox4x32_u32(y, counter, key, blocks, ROUNDS)",
  },
};
