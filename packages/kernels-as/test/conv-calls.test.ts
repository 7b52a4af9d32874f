// The typed calls: that each reaches its kernel, and refuses what does not fit.
import { beforeAll, describe, expect, it } from "vitest";
import { conv2dScratchBytes, instantiate, type Kernels } from "../src/index.js";
import { chooseConv2dAlgorithm } from "../src/instructions/conv-plan.js";
import * as reference from "../src/reference/conv.js";
import { expectClose, numbers } from "./support/conv-run.js";
import { convShape } from "./support/geometry.js";

let k: Kernels;
beforeAll(async () => {
  k = await instantiate({ maximumBytes: 1 << 25 });
});

const g = convShape({ batch: 2, height: 8, width: 7, channels: 3, filters: 5, pads: [1, 0, 0, 1] });
const pixels = g.batch * g.outHeight * g.outWidth;

function put(values: Float32Array): number {
  const at = k.memory.allocate(values.byteLength);
  k.memory.f32(at, values.length).set(values);
  return at;
}
const room = (n: number) => k.memory.allocate(4 * n);
const get = (at: number, n: number) => k.memory.f32(at, n).slice();

describe("convolution's calls", () => {
  const x = numbers(1, g.batch * g.height * g.width * g.channels);
  const w = numbers(2, 9 * g.channels * g.filters);
  const dy = numbers(3, pixels * g.filters);
  const bias = numbers(4, g.filters);
  const scratch = (pass: "forward" | "inputGrad" | "kernelGrad") =>
    k.memory.allocate(conv2dScratchBytes(pass, g, chooseConv2dAlgorithm(pass, g, "standard"), 1));

  it("reach their kernels", () => {
    const at = { x: put(x), w: put(w), dy: put(dy), bias: put(bias) };
    const out = { y: room(dy.length), dx: room(x.length), dw: room(w.length), db: room(g.filters) };
    k.conv2d({ ...g, ...at, ...out, activation: "relu", scratch: scratch("forward") });
    const y = reference.conv2d(x, w, bias, g).map((v) => Math.max(v, 0));
    expectClose(get(out.y, dy.length), y, 1e-5);
    k.conv2dInputGrad({ ...g, ...at, ...out, scratch: scratch("inputGrad") });
    expectClose(get(out.dx, x.length), reference.conv2dInputGrad(dy, w, g), 1e-5);
    k.conv2dKernelGrad({ ...g, ...at, ...out, scratch: scratch("kernelGrad") });
    const grad = reference.conv2dKernelGrad(x, dy, g);
    expectClose(get(out.dw, w.length), grad.dw, 1e-4);
    expectClose(get(out.db, g.filters), grad.db, 1e-4);
  });

  it("refuse what does not fit", () => {
    const at = { x: put(x), w: put(w), y: room(dy.length), scratch: scratch("forward") };
    expect(() => k.conv2d({ ...g, ...at, groups: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: expected channels and filters to be multiples of 2 groups, got 3 and 5]`,
    );
    expect(() => k.conv2d({ ...g, ...at, strideWidth: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: expected strideWidth to be an integer in [1, 2^32), got 0]`,
    );
    expect(() => k.conv2d({ ...g, ...at, y: 2 ** 31 })).toThrow("conv2d: y: expected");
    expect(() => k.conv2d({ ...g, ...at, scratch: at.scratch + 4 })).toThrow("conv2d: scratch: expected");
  });
});

describe("im2col's and the pools' calls", () => {
  it("reach their kernels", () => {
    const x = numbers(5, g.batch * g.height * g.width * g.channels);
    const from = put(x);
    const cols = room(pixels * 9 * g.channels);
    const dx = room(x.length);
    k.im2col(cols, from, g);
    expect(get(cols, pixels * 27)).toEqual(Float32Array.from(reference.im2col(x, g)));
    k.col2im(dx, cols, g);
    expectClose(get(dx, x.length), reference.col2im(get(cols, pixels * 27), g), 1e-5);
    const values = pixels * g.channels;
    const y = room(values);
    const argmax = k.memory.allocate(values);
    const dy = numbers(6, values);
    k.maxPool2d(y, argmax, from, g);
    const want = reference.maxPool2d(x, g);
    expect(get(y, values)).toEqual(Float32Array.from(want.y));
    k.maxPool2dGrad(dx, put(dy), argmax, g);
    expectClose(get(dx, x.length), reference.maxPool2dGrad(dy, want.argmax, g), 1e-5);
    k.avgPool2d(y, from, g, false);
    expectClose(get(y, values), reference.avgPool2d(x, g, false), 1e-6);
    k.avgPool2dGrad(dx, put(dy), g, false);
    expectClose(get(dx, x.length), reference.avgPool2dGrad(dy, g, false), 1e-5);
  });

  it("refuse what does not fit", () => {
    expect(() => k.maxPool2d(0, 0, -4, g)).toThrow("maxPool2d: x: expected");
    expect(() => k.im2col(0, 0, { ...g, kernelWidth: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: im2col: expected kernelWidth to be an integer in [1, 2^32), got 1.5]`,
    );
  });
});
