import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sizeOf } from "../src/graph/shape.js";
import type { Tensor } from "../src/graph/tensor.js";
import { Layer } from "../src/layers/index.js";
import { Sequential } from "../src/model/sequential.js";
import * as ops from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import { evaluateReference } from "../src/reference/index.js";
import { GraphRunner } from "./support/graph-runner.js";

const runner = await GraphRunner.create();
afterAll(() => runner.close());

const [BATCH, TIMES, UNITS] = [3, 6, 4];
const x = parameterTensor("x", [BATCH, TIMES, UNITS]);
const w = parameterTensor("w", [UNITS, UNITS]);
const h0 = parameterTensor("h0", [BATCH, UNITS]);
const leaves = [x, w, h0];

const values = new Map<Tensor, Float64Array>(
  leaves.map((leaf, seed) => [
    leaf,
    Float64Array.from({ length: sizeOf(leaf.shape) }, (_, i) => Math.fround(Math.sin(7 * i + 3 * seed) / 2)),
  ]),
);

function elman(reverse: boolean) {
  return ops.scan(
    ([h], [now]) => {
      const next = ops.tanh(ops.add(now!, ops.matmul(h, w)));
      return { carry: [next], outputs: [next, ops.square(next)] };
    },
    { init: [h0], inputs: [x], axis: 1, reverse },
  );
}

/** h by the formula hₜ = tanh(xₜ + hₜ₋₁·W), written down element by element. */
function loop(reverse: boolean): Float64Array {
  const [xs, ws] = [values.get(x)!, values.get(w)!];
  const all = new Float64Array(BATCH * TIMES * UNITS);
  let h = Float64Array.from(values.get(h0)!);
  for (let step = 0; step < TIMES; step++) {
    const t = reverse ? TIMES - 1 - step : step;
    const next = new Float64Array(BATCH * UNITS);
    for (let b = 0; b < BATCH; b++) {
      for (let u = 0; u < UNITS; u++) {
        let sum = xs[(b * TIMES + t) * UNITS + u]!;
        for (let k = 0; k < UNITS; k++) sum += h[b * UNITS + k]! * ws[k * UNITS + u]!;
        next[b * UNITS + u] = Math.tanh(sum);
        all[(b * TIMES + t) * UNITS + u] = next[b * UNITS + u]!;
      }
    }
    h = next;
  }
  return all;
}

const narrow = () => new Map([...values].map(([leaf, data]) => [leaf, Float32Array.from(data)]));

describe("scan", () => {
  it.each([false, true])("gives an Elman recurrence's values, reverse %s", async (reverse) => {
    const { carry, outputs } = elman(reverse);
    expect(outputs.map(({ shape }) => shape)).toEqual([x.shape, x.shape]);
    const [hidden, squares, last] = await runner.run([...outputs, carry[0]], narrow());
    const want = loop(reverse);
    want.forEach((value, i) => {
      expect(Math.abs(hidden![i]! - value)).toBeLessThanOrEqual(2 ** -24 * 40);
      expect(Math.abs(squares![i]! - value * value)).toBeLessThanOrEqual(2 ** -24 * 60);
    });
    const end = reverse ? 0 : TIMES - 1;
    for (let b = 0; b < BATCH; b++) {
      for (let u = 0; u < UNITS; u++)
        expect(last![b * UNITS + u]).toBe(hidden![(b * TIMES + end) * UNITS + u]);
    }
  });

  it("has the gradients of central differences, in the kernels too", async () => {
    const { carry, outputs } = elman(false);
    const loss = ops.add(ops.sum(ops.mul(outputs[0], outputs[1])), ops.sum(carry[0]));
    const slopes = gradients(loss, leaves) as Tensor[];
    const exact = evaluateReference(slopes, values);
    const got = await runner.run(slopes, narrow());
    leaves.forEach((leaf, which) => {
      exact[which]!.forEach((slope, i) => {
        const at = (by: number) => {
          const moved = Float64Array.from(values.get(leaf)!);
          moved[i]! += by;
          return evaluateReference([loss], new Map(values).set(leaf, moved))[0]![0]!;
        };
        const h = 1e-5;
        expect(Math.abs(slope - (at(h) - at(-h)) / (2 * h))).toBeLessThanOrEqual(
          1e-7 * Math.max(1, Math.abs(slope)),
        );
        // Six steps of sums of four products, each of which grows what came before at most twice.
        expect(Math.abs(got[which]![i]! - slope)).toBeLessThanOrEqual(
          2 ** -24 * 400 * Math.max(1, Math.abs(slope)),
        );
      });
    });
  });

  it("refuses inputs of different lengths, and a carry that changes its shape", () => {
    const short = input("short", [BATCH, 2, UNITS]);
    const idle = (carry: readonly [Tensor]) => ({ carry, outputs: [] as const });
    expect(() =>
      ops.scan(idle, { init: [h0], inputs: [x, short], axis: 1 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scan: expected inputs of one length of at least 1 along axis 1, got [3, 6, 4] and [3, 2, 4].]`,
    );
    expect(() => ops.scan(idle, { init: [h0], inputs: [] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scan: expected inputs of one length of at least 1 along axis 0, got none.]`,
    );
    expect(() =>
      ops.scan(([h]) => ({ carry: [ops.sum(h)] as const, outputs: [] as const }), {
        init: [h0],
        inputs: [x],
        axis: 1,
      }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scan: expected a step to carry on [3, 4], got []; the carry keeps its shapes.]`,
    );
  });

  it("says what to do with a tensor of a step that was kept", async () => {
    class Keeper extends Layer {
      readonly type = "Keeper";
      call(sequence: Tensor): Tensor {
        let kept = sequence;
        const step = ([h]: readonly [Tensor], [now]: readonly Tensor[]) => {
          kept = ops.add(h, now!);
          return { carry: [kept] as const };
        };
        const { carry } = ops.scan(step, {
          init: [ops.fill([sequence.shape[0]!, UNITS], 0)],
          inputs: [sequence],
          axis: 1,
        });
        return ops.add(carry[0], kept);
      }
    }
    const model = new Sequential([new Keeper({})], { inputShape: [TIMES, UNITS], threads: 1 });
    const data = new Float32Array(BATCH * TIMES * UNITS);
    await expect(model.predict({ data, shape: [BATCH, TIMES, UNITS] })).rejects.toMatchObject({
      code: "kept-from-step",
      message:
        "scan: a tensor of a step is used outside of it, where it has no value; return it from the step, as one of outputs.",
    });
    await model.close();
  });
});
