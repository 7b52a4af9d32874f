// A convolution's instructions over the same numbers, and its results against the reference's.
import type { Engine } from "../../src/index.js";
import type { ConvGeometry } from "../../src/instructions/conv.js";
import { type Conv2dPass, conv2dScratchBytes } from "../../src/instructions/conv-plan.js";
import * as reference from "../reference/conv.js";
import { expectClose, numbers, runInstruction } from "./conv-run.js";

/** Operands for a convolution, and its instructions over them, each of which gives its outputs' bytes. */
export function convPasses(engine: Engine, g: ConvGeometry, algorithm: number, threads: number) {
  const x = numbers(1, g.batch * g.height * g.width * g.channels);
  const w = numbers(2, g.kernelHeight * g.kernelWidth * (g.channels / g.groups) * g.filters);
  const bias = numbers(3, g.filters);
  const dy = numbers(4, g.batch * g.outHeight * g.outWidth * g.filters);
  const [dx, dw, db] = [x.byteLength, w.byteLength, bias.byteLength];
  const sizes = { ...g, algorithm };
  const scratch = (pass: Conv2dPass) => conv2dScratchBytes(pass, g, algorithm, threads);
  return {
    operands: { x, w, bias, dy },
    /** `activation`: 0 for none, 1 for ReLU. */
    forward: (activation = 0) =>
      runInstruction(engine, {
        instruction: "conv2d",
        inputs: { x, w, bias },
        outputs: { y: dy.byteLength, scratch: scratch("forward") },
        sizes: { ...sizes, activation },
        threads,
      }),
    inputGrad: () =>
      runInstruction(engine, {
        instruction: "conv2d_input_grad",
        inputs: { dy, w },
        outputs: { dx, scratch: scratch("inputGrad") },
        sizes,
        threads,
      }),
    kernelGrad: () =>
      runInstruction(engine, {
        instruction: "conv2d_kernel_grad",
        inputs: { x, dy },
        outputs: { dw, db, scratch: scratch("kernelGrad") },
        sizes,
        threads,
      }),
    /** All gradients at once. */
    grad: () =>
      runInstruction(engine, {
        instruction: "conv2d_grad",
        inputs: { x, dy, w },
        outputs: { dx, dw, db, scratch: scratch("grad") },
        sizes,
        threads,
      }),
  };
}

export const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((m, v) => Math.max(m, Math.abs(v)), 0);

/** Fails where y or a gradient is further from the reference's than `error` times its largest magnitude; db is a plain sum. */
export function expectReference(
  r: Record<"x" | "w" | "bias" | "dy" | "y" | "dx" | "dw" | "db", Float32Array>,
  g: ConvGeometry,
  error: number,
): void {
  const y = reference.conv2d(r.x, r.w, r.bias, g);
  expectClose(r.y, y, error * largest(y), "y");
  const dx = reference.conv2dInputGrad(r.dy, r.w, g);
  expectClose(r.dx, dx, error * largest(dx), "dx");
  const { dw, db } = reference.conv2dKernelGrad(r.x, r.dy, g);
  expectClose(r.dw, dw, error * largest(dw), "dw");
  expectClose(r.db, db, (r.dy.length / g.filters) ** 2 * 2 ** -24, "db");
}
