import { expect, test } from "vitest";
import * as nn from "../src/index.js";
import { float } from "../src/model/c/c-text.js";
import { exportC, exportCInt8 } from "../src/model/c/index.js";
import { multiplierOf, scaleOf } from "../src/model/c/int8-plan.js";
import { rescaled } from "../src/model/c/int8-run.js";
import { scale } from "../src/ops/index.js";

// What the C computes is tried with a compiler, in test/interop/c.system.test.ts.

const chain = (inputShape: number[], ...layers: nn.Layer[]) =>
  new nn.Sequential(layers, { inputShape, threads: 1 });

test("every layer that has no form in C is named, and nothing runs", async () => {
  const model = chain(
    [6],
    new nn.Embedding({ inputDim: 4, outputDim: 2 }),
    new nn.LSTM({ units: 3, name: "memory" }),
  );
  await expect(exportC(model)).rejects.toMatchObject({
    code: "c-layer",
    message: expect.stringMatching(/Embedding "embedding1", LSTM "memory"; write the model as ONNX\.$/),
  });
  const [a, b] = [new nn.Input({ shape: [2] }), new nn.Input({ shape: [2] })];
  const two = nn.model({ inputs: [a, b], outputs: new nn.Add().apply([a, b]) });
  await expect(exportC(two)).rejects.toMatchObject({ code: "c-layer" });
  for (const open of [model, two]) await open.close();
});

test("a class of one's own that keeps the type of what it extends is none that C knows", async () => {
  class Doubled extends nn.Dense {
    override call(x: nn.Tensor): nn.Tensor {
      return scale(super.call(x), 2);
    }
  }
  const model = chain([3], new nn.Dense({ units: 2 }), new Doubled({ units: 2, name: "twice" }));
  await expect(exportC(model)).rejects.toMatchObject({
    code: "c-layer",
    message: 'C is not written for Dense "twice"; write the model as ONNX.',
  });
  await model.close();
});

test("int8 refuses what it has no integers for", async () => {
  const model = chain([3, 4], new nn.Dense({ units: 4 }), new nn.LayerNorm(), new nn.Dense({ units: 2 }));
  const samples = { data: new Float32Array(24).fill(1), shape: [2, 3, 4] };
  await expect(exportCInt8(model, samples)).rejects.toMatchObject({ code: "c-layer" });
  await expect(exportCInt8(model, { data: new Float32Array(0), shape: [0, 3, 4] })).rejects.toMatchObject({
    code: "no-samples",
  });
  await expect(exportCInt8(model, { data: new Float32Array(6), shape: [2, 3] })).rejects.toMatchObject({
    code: "input-shape",
  });
  await model.close();
});

test("names are C's", async () => {
  const model = chain([2], new nn.Dense({ units: 1 }));
  for (const name of ["", "8bit", "a-b", "float", "a".repeat(32)])
    await expect(exportC(model, { name })).rejects.toMatchObject({ code: "c-name" });
  const header = await exportC(model, { name: "digits" });
  expect(header).toContain("#define DIGITS_INPUTS 2");
  expect(header).toContain("static inline void digits_predict(const float *input, float *output)");
  await model.close();
});

test("numbers that are not finite are not written", async () => {
  const model = chain([2], new nn.Dense({ units: 1 }));
  const [kernel, bias] = (await model.getWeights()) as [nn.NamedValue, nn.NamedValue];
  await model.setWeights([{ ...kernel, data: Float32Array.of(1, Number.NaN) }, bias]);
  await expect(exportC(model)).rejects.toMatchObject({ code: "parameter-not-finite" });
  await model.close();
});

test("a float32 is written so that it is read as itself", () => {
  const bits = new DataView(new ArrayBuffer(4));
  for (let i = 0; i < 500; i++) {
    bits.setUint32(0, (i * 2_654_435_761) >>> 0);
    const value = bits.getFloat32(0);
    if (!Number.isFinite(value)) continue;
    const text = float(value);
    expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]?\d+)?f$/);
    expect(text).toMatch(/[.e]/);
    expect(Math.fround(Number(text.slice(0, -1)))).toBe(value === 0 ? 0 : value);
  }
});

test("a sum's scale goes through 62 bits exactly", () => {
  for (let i = 0; i < 3000; i++) {
    const sum = Math.imul(i, 2_654_435_761) | 0;
    const multiplier = 2 ** 30 + ((i * 40_503_001) % 2 ** 30);
    const shift = 17 + (i % 46);
    const exact = (BigInt(sum) * BigInt(multiplier) + (1n << BigInt(shift - 1))) >> BigInt(shift);
    expect(rescaled(sum, multiplier, shift)).toBe(Number(exact));
  }
});

test("a factor is held to 31 bits", () => {
  for (const factor of [1e-9, 0.00037, 0.5, 0.99999999999, 1, 3.7, 8000]) {
    const { multiplier, shift } = multiplierOf(factor);
    expect(Math.abs((multiplier * 2 ** -shift) / factor - 1)).toBeLessThan(2 ** -30);
    expect(multiplier).toBeLessThan(2 ** 31);
    expect(shift).toBeGreaterThanOrEqual(17);
  }
});

test("0 is an int8 of its own, whatever the range", () => {
  for (const [least, most] of [
    [0, 0],
    [0, 6],
    [-3, 0],
    [2, 5],
    [-1.7, 0.4],
  ] as const) {
    const { scale, zero } = scaleOf({ least, most });
    expect(Number.isInteger(zero) && zero >= -128 && zero <= 127).toBe(true);
    expect((127 - zero) * scale).toBeGreaterThanOrEqual(most - scale / 2 - 1e-6);
    expect((-128 - zero) * scale).toBeLessThanOrEqual(Math.min(0, least) + scale / 2 + 1e-6);
  }
});
