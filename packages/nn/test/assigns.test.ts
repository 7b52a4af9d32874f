import { createEngine } from "@loam/kernels-as";
import { afterAll, describe, expect, it } from "vitest";
import { sizeOf } from "../src/graph/shape.js";
import type { Tensor } from "../src/graph/tensor.js";
import { add, mul, reshape, scale, sum } from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import { Machine } from "../src/program/machine.js";
import { type Assign, planned } from "../src/program/plan.js";

const engine = await createEngine({ threads: 2 });
const machine = await Machine.create(engine, {});
afterAll(() => engine.close());

/** Runs a program over leaves that begin with these values; what outputs and leaves hold then, and what was run. */
async function run(
  leaves: ReadonlyMap<Tensor, readonly number[]>,
  outputs: readonly Tensor[],
  assigns: readonly Assign[],
  stopAt?: Tensor,
) {
  const places = new Map<Tensor, { address: number; layout: undefined }>();
  for (const [leaf, values] of leaves) {
    const address = await engine.allocate(4 * sizeOf(leaf.shape));
    await engine.write(address, Float32Array.from(values));
    places.set(leaf, { address, layout: undefined });
  }
  const plan = await planned({
    ...machine.planning,
    ...{ outputs, assigns, places, words: { step: 0, seed: 0 } },
    ...(stopAt && {
      after: {
        tensor: stopAt,
        reads: [],
        emit: (emit, addressOf) => emit("stop_if_not_finite", { x: addressOf(stopAt) }),
      },
    }),
  });
  const program = await machine.load(plan);
  const { finite } = await machine.run(program);
  const read = async (address: number, tensor: Tensor) => [
    ...(await machine.readF32(address, sizeOf(tensor.shape))),
  ];
  return {
    finite,
    outputs: await Promise.all(outputs.map((y) => read(plan.addressOf(y, program.arena), y))),
    leaf: (leaf: Tensor) => read(places.get(leaf)!.address, leaf),
    copies: program.instructions.filter(({ name }) => name === "permute").length,
  };
}

describe("an assign", () => {
  it("takes effect behind every read, also one that comes later", async () => {
    const mean = parameterTensor("mean", [3]);
    const x = input("x", [3]);
    const next = add(scale(mean, 0.5), x);
    const y = mul(next, mean); // reads the old mean after the new one is there
    const ran = await run(
      new Map([
        [mean, [2, 4, 6]],
        [x, [1, 1, 1]],
      ]),
      [y, mean],
      [{ to: mean, value: next }],
    );
    expect(ran.outputs).toEqual([
      [4, 12, 24],
      [2, 4, 6],
    ]);
    expect(await ran.leaf(mean)).toEqual([2, 3, 4]);
  });

  it("exchanges two leaves", async () => {
    const [a, b] = [parameterTensor("a", [2, 2]), parameterTensor("b", [2, 2])];
    const leaves = new Map([
      [a, [1, 2, 3, 4]],
      [b, [5, 6, 7, 8]],
    ]);
    const ran = await run(
      leaves,
      [],
      [
        { to: a, value: b },
        { to: b, value: a },
      ],
    );
    expect([await ran.leaf(a), await ran.leaf(b)]).toEqual([
      [5, 6, 7, 8],
      [1, 2, 3, 4],
    ]);
  });

  it("takes a view, and the leaf itself", async () => {
    const a = parameterTensor("a", [4]);
    const b = parameterTensor("b", [2, 2]);
    const leaves = new Map([
      [a, [1, 2, 3, 4]],
      [b, [5, 6, 7, 8]],
    ]);
    const ran = await run(
      leaves,
      [],
      [
        { to: a, value: reshape(scale(b, 2), [4]) },
        { to: b, value: b },
      ],
    );
    expect([await ran.leaf(a), await ran.leaf(b)]).toEqual([
      [10, 12, 14, 16],
      [5, 6, 7, 8],
    ]);
  });

  it("is written in place by the step that makes it where nobody reads the leaf later", async () => {
    const w = parameterTensor("w", [1000]);
    const ran = await run(
      new Map([[w, Array.from({ length: 1000 }, (_, i) => i)]]),
      [],
      [{ to: w, value: scale(w, 0.5) }],
    );
    expect(ran.copies).toBe(0);
    expect(await ran.leaf(w)).toEqual(Array.from({ length: 1000 }, (_, i) => i / 2));
  });

  it("is left undone by a program that leaves itself", async () => {
    const state = parameterTensor("state", [2]);
    const x = input("x", [2]);
    const next = add(state, x);
    const loss = sum(next);
    for (const [values, finite, then] of [
      [[1, 2], true, [2, 3]],
      [[1, Number.NaN], false, [1, 1]],
    ] as const) {
      const leaves = new Map<Tensor, readonly number[]>([
        [state, [1, 1]],
        [x, values],
      ]);
      const ran = await run(leaves, [loss], [{ to: state, value: next }], loss);
      expect(ran.finite).toBe(finite);
      expect(await ran.leaf(state)).toEqual(then);
    }
  });
});
