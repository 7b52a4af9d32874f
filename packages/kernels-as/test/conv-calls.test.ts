// Instructions of the conv family, run by themselves: that each reaches its kernel, and refuses what does not fit.
import { beforeAll, describe, expect, it } from "vitest";
import { CONV_DIRECT } from "../src/constants/conv.gen.js";
import { conv2dScratchBytes, instantiate, type Kernels } from "../src/index.js";
import { chooseConv2dAlgorithm } from "../src/instructions/conv-plan.js";
import * as reference from "./reference/conv.js";
import { expectClose, numbers } from "./support/conv-run.js";
import { convShape } from "./support/geometry.js";

let k: Kernels;
beforeAll(async () => {
  k = await instantiate({ maximumBytes: 1 << 25 });
});

const g = convShape({ batch: 2, height: 8, width: 7, channels: 3, filters: 5, pads: [1, 0, 0, 1] });
const { filters: _, groups: __, ...window } = g;
const pixels = g.batch * g.outHeight * g.outWidth;

function put(values: Float32Array): number {
  const at = k.memory.allocate(values.byteLength);
  k.memory.f32(at, values.length).set(values);
  return at;
}
const room = (n: number) => k.memory.allocate(4 * n);
const get = (at: number, n: number) => k.memory.f32(at, n).slice();

describe("convolutions", () => {
  const x = numbers(1, g.batch * g.height * g.width * g.channels);
  const w = numbers(2, 9 * g.channels * g.filters);
  const dy = numbers(3, pixels * g.filters);
  const bias = numbers(4, g.filters);
  const planned = (pass: "forward" | "inputGrad" | "kernelGrad") => {
    const algorithm = chooseConv2dAlgorithm(pass, g, "standard");
    return { ...g, algorithm, scratch: k.memory.allocate(conv2dScratchBytes(pass, g, algorithm, 1)) };
  };

  it("reach their kernels", () => {
    const at = { x: put(x), w: put(w), dy: put(dy), bias: put(bias) };
    const out = { y: room(dy.length), dx: room(x.length), dw: room(w.length), db: room(g.filters) };
    k.run("conv2d", { ...planned("forward"), ...at, y: out.y, activation: 1 });
    const y = reference.conv2d(x, w, bias, g).map((v) => Math.max(v, 0));
    expectClose(get(out.y, dy.length), y, 1e-5);
    k.run("conv2d_input_grad", { ...planned("inputGrad"), dy: at.dy, w: at.w, dx: out.dx });
    expectClose(get(out.dx, x.length), reference.conv2dInputGrad(dy, w, g), 1e-5);
    k.run("conv2d_kernel_grad", { ...planned("kernelGrad"), x: at.x, dy: at.dy, dw: out.dw, db: out.db });
    const grad = reference.conv2dKernelGrad(x, dy, g);
    expectClose(get(out.dw, w.length), grad.dw, 1e-4);
    expectClose(get(out.db, g.filters), grad.db, 1e-4);
  });

  it("refuse what does not fit", () => {
    const at = {
      ...planned("forward"),
      ...{ x: put(x), w: put(w), bias: 0, y: room(dy.length), activation: 0 },
    };
    expect(() => k.run("conv2d", { ...at, groups: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: expected channels and filters to be multiples of 2 groups, got 3 and 5]`,
    );
    expect(() => k.run("conv2d", { ...at, strideWidth: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: conv2d: expected strideWidth to be an integer in [1, 2^32), got 0]`,
    );
    expect(() => k.run("conv2d", { ...at, y: 2 ** 31 })).toThrow("conv2d: y: expected");
    expect(() => k.run("conv2d", { ...at, scratch: at.scratch + 4 })).toThrow("conv2d: scratch: expected");
  });

  it("refuse an algorithm that has no such pass", () => {
    const eight = convShape({ batch: 1, height: 8, width: 8, channels: 1, filters: 8, pads: [0, 0, 0, 0] });
    const at = () => k.memory.allocate(65_536);
    const args = { ...eight, dy: at(), w: at(), dx: at(), scratch: at(), algorithm: CONV_DIRECT };
    expect(() => k.run("conv2d_input_grad", args)).toThrow(RangeError);
  });
});

describe("im2col and the pools", () => {
  it("reach their kernels", () => {
    const x = numbers(5, g.batch * g.height * g.width * g.channels);
    const from = put(x);
    const cols = room(pixels * 9 * g.channels);
    const dx = room(x.length);
    k.run("im2col", { cols, x: from, ...window });
    expect(get(cols, pixels * 27)).toEqual(Float32Array.from(reference.im2col(x, g)));
    k.run("col2im", { dx, cols, ...window });
    expectClose(get(dx, x.length), reference.col2im(get(cols, pixels * 27), g), 1e-5);
    const values = pixels * g.channels;
    const y = room(values);
    const argmax = k.memory.allocate(values);
    const dy = numbers(6, values);
    k.run("max_pool2d", { y, argmax, x: from, ...window });
    const want = reference.maxPool2d(x, g);
    expect(get(y, values)).toEqual(Float32Array.from(want.y));
    k.run("max_pool2d_grad", { dx, dy: put(dy), argmax, ...window });
    expectClose(get(dx, x.length), reference.maxPool2dGrad(dy, want.argmax, g), 1e-5);
    k.run("avg_pool2d", { y, x: from, ...window, includePadding: 0 });
    expectClose(get(y, values), reference.avgPool2d(x, g, false), 1e-6);
    k.run("avg_pool2d_grad", { dx, dy: put(dy), ...window, includePadding: 0 });
    expectClose(get(dx, x.length), reference.avgPool2dGrad(dy, g, false), 1e-5);
  });

  it("refuse what does not fit", () => {
    expect(() => k.run("max_pool2d", { y: 0, argmax: 0, x: -4, ...window })).toThrow(
      "max_pool2d: x: expected",
    );
    expect(() =>
      k.run("im2col", { cols: 0, x: 0, ...window, kernelWidth: 1.5 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: im2col: expected kernelWidth to be an integer in [0, 2^32), got 1.5]`,
    );
  });

  it("refuse windows whose places cannot be counted", () => {
    const one = convShape({ batch: 1, height: 3, width: 5, channels: 1, filters: 1, pads: [0, 0, 0, 0] });
    const { filters: _, groups: __, ...narrow } = one;
    const [x, cols] = [k.memory.allocate(4096), k.memory.allocate(4096)];
    for (const wrong of [
      { padTop: 2 ** 32 - 1 },
      { strideHeight: 2 ** 31, outHeight: 3 },
      { dilationHeight: 2 ** 31, kernelHeight: 3 },
    ]) {
      expect(() => k.run("im2col", { cols, x, ...narrow, ...wrong })).toThrow(/place 2\^31/);
    }
  });
});
