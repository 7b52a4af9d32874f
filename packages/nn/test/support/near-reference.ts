import { expect } from "vitest";
import { type Shape, sizeOf } from "../../src/graph/shape.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { evaluateReference } from "../../src/reference/index.js";
import type { GraphRunner } from "./graph-runner.js";

const numbers = (shape: Shape, seed: number) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => (((i + 3 * seed) * 7919) % 41) / 16 - 1.25);

/** Fails unless a program gives the float64 reference's numbers: of a few ops, with sums of at most some hundred numbers that are carried in float64 in chunks. */
export async function expectNearReference(
  runner: GraphRunner,
  outputs: readonly Tensor[],
  leaves: readonly Tensor[],
): Promise<void> {
  const data = new Map(leaves.map((leaf, i) => [leaf, numbers(leaf.shape, i)]));
  const want = evaluateReference(
    outputs,
    new Map([...data].map(([leaf, values]) => [leaf, Float64Array.from(values)])),
  );
  const got = await runner.run(outputs, data);
  outputs.forEach((_, i) => {
    const scale = want[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(got[i]!.length).toBe(want[i]!.length);
    got[i]!.forEach((value, at) => {
      expect(Math.abs(value - want[i]![at]!)).toBeLessThanOrEqual(2 ** -24 * 400 * scale);
    });
  });
}
