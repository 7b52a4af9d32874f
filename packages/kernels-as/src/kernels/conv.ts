import { CONV_UNFOLDED } from "../generated/opcodes.js";
import { argmaxBytes, type ConvGeometry, type WindowGeometry } from "../instructions/conv.js";
import { type Conv2dPass, chooseConv2dAlgorithm, conv2dScratchBytes } from "../instructions/conv-plan.js";
import type { InstructionArguments, InstructionName } from "../instructions/index.js";
import type { KernelMemory } from "../memory.js";
import { ProgramWriter } from "../program-writer.js";
import { checkRanges, checkSize, type Range } from "./ranges.js";

interface Exports {
  run_program(program: number, thread: number, threads: number): number;
}

/** Byte addresses, NHWC and HWIO; `scratch`: `conv2dScratchBytes(pass, geometry, algorithm, 1)` bytes at a multiple of 64. */
export interface Conv2dOptions extends ConvGeometry {
  readonly scratch: number;
  /** Default: `chooseConv2dAlgorithm(pass, geometry, "standard")`. */
  readonly algorithm?: number;
}

/** The kernels count places in an image as i32. */
const PLACES = 2 ** 31;

/** Checks the sizes of a window, and that all its places can be counted. @throws {RangeError} */
function checkWindow(kernel: string, w: WindowGeometry): void {
  for (const name of ["padTop", "padLeft"] as const) checkSize(kernel, name, w[name]);
  const sizes = ["batch", "height", "width", "channels", "outHeight", "outWidth"] as const;
  const steps = ["kernelHeight", "kernelWidth", "strideHeight", "strideWidth"] as const;
  for (const name of [...sizes, ...steps, "dilationHeight", "dilationWidth"] as const) {
    checkSize(kernel, name, w[name], 1);
  }
  const last = Math.max(
    (w.outHeight - 1) * w.strideHeight + (w.kernelHeight - 1) * w.dilationHeight,
    (w.outWidth - 1) * w.strideWidth + (w.kernelWidth - 1) * w.dilationWidth,
    ...[w.padTop, w.padLeft],
  );
  if (last >= PLACES) {
    throw new RangeError(
      `${kernel}: expected windows to end before place 2^31 of the padded input, got ${last}`,
    );
  }
}

/**
 * Convolution, im2col and pooling over f32, NHWC. Outputs are overwritten and overlap nothing. All throw RangeError for sizes that are not
 * whole numbers from 1 on, and MemoryError for operands outside the memory: see checkRanges.
 */
export function convKernels(memory: KernelMemory, exports: Record<string, unknown>) {
  const wasm = exports as unknown as Exports;
  let program: number | undefined;

  /** Runs one instruction: the interpreter reads the sizes where it finds them. */
  function run<K extends InstructionName>(name: K, args: InstructionArguments<K>): void {
    const writer = new ProgramWriter();
    writer.emit(name, args, false);
    const words = writer.finish();
    program ??= memory.allocate(words.byteLength);
    memory.u32(program, words.length).set(words);
    wasm.run_program(program, 0, 1);
  }

  const input = (w: WindowGeometry) => w.batch * w.height * w.width * w.channels;
  const pixels = (w: WindowGeometry) => w.batch * w.outHeight * w.outWidth;

  /** Everything a convolution's pass touches, checked; its algorithm. */
  function plan(kernel: string, pass: Conv2dPass, o: Conv2dOptions, at: Record<string, number>): number {
    checkWindow(kernel, o);
    checkSize(kernel, "filters", o.filters, 1);
    checkSize(kernel, "groups", o.groups, 1);
    if (o.channels % o.groups !== 0 || o.filters % o.groups !== 0) {
      throw new RangeError(
        `${kernel}: expected channels and filters to be multiples of ${o.groups} groups, got ${o.channels} and ${o.filters}`,
      );
    }
    const best = chooseConv2dAlgorithm(pass, o, "standard");
    const { algorithm = best } = o;
    if (![best, chooseConv2dAlgorithm(pass, o, "high"), CONV_UNFOLDED].includes(algorithm)) {
      throw new RangeError(
        `${kernel}: expected an algorithm that has this pass for this shape, got ${algorithm}`,
      );
    }
    const weights = o.kernelHeight * o.kernelWidth * (o.channels / o.groups) * o.filters;
    const elements: Record<string, number> = {
      ...{ x: input(o), dx: input(o), w: weights, dw: weights, bias: o.filters, db: o.filters },
      ...{ y: pixels(o) * o.filters, dy: pixels(o) * o.filters },
    };
    const ranges: Record<string, Range> = {
      scratch: [o.scratch, conv2dScratchBytes(pass, o, algorithm, 1) / 64, 64],
    };
    for (const [name, address] of Object.entries(at)) ranges[name] = [address, elements[name]!];
    checkRanges(memory, kernel, ranges);
    return algorithm;
  }

  return {
    /** y = act(conv(x, w) + bias). */
    conv2d(
      o: Conv2dOptions & { x: number; w: number; bias?: number; y: number; activation?: "none" | "relu" },
    ): void {
      const { x, w, y, bias } = o;
      const algorithm = plan("conv2d", "forward", o, { x, w, y, ...(bias !== undefined && { bias }) });
      run("conv2d", { ...o, bias: bias ?? 0, activation: o.activation === "relu" ? 1 : 0, algorithm });
    },
    /** dx from dy. */
    conv2dInputGrad(o: Conv2dOptions & { dy: number; w: number; dx: number }): void {
      const algorithm = plan("conv2dInputGrad", "inputGrad", o, { dy: o.dy, w: o.w, dx: o.dx });
      run("conv2d_input_grad", { ...o, algorithm });
    },
    /** dw, and db if asked for, from x and dy. */
    conv2dKernelGrad(o: Conv2dOptions & { x: number; dy: number; dw: number; db?: number }): void {
      const { x, dy, dw, db } = o;
      const at = { x, dy, dw, ...(db !== undefined && { db }) };
      const algorithm = plan("conv2dKernelGrad", "kernelGrad", o, at);
      run("conv2d_kernel_grad", { ...o, db: db ?? 0, algorithm });
    },
    /** cols [batch · outHeight · outWidth, kernelHeight · kernelWidth · channels] = the windows of x, zero outside. */
    im2col(cols: number, x: number, w: WindowGeometry): void {
      checkWindow("im2col", w);
      const values = pixels(w) * w.kernelHeight * w.kernelWidth * w.channels;
      checkRanges(memory, "im2col", { cols: [cols, values], x: [x, input(w)] });
      run("im2col", { ...w, x, cols });
    },
    /** dx = the windows put back and summed where they overlap. */
    col2im(dx: number, cols: number, w: WindowGeometry): void {
      checkWindow("col2im", w);
      const values = pixels(w) * w.kernelHeight * w.kernelWidth * w.channels;
      checkRanges(memory, "col2im", { dx: [dx, input(w)], cols: [cols, values] });
      run("col2im", { ...w, cols, dx });
    },
    /** y and argmax (`argmaxBytes` bytes at a multiple of 4) of each window. */
    maxPool2d(y: number, argmax: number, x: number, w: WindowGeometry): void {
      checkWindow("maxPool2d", w);
      const values = pixels(w) * w.channels;
      checkRanges(memory, "maxPool2d", {
        ...{ y: [y, values], x: [x, input(w)] },
        argmax: [argmax, argmaxBytes(w), 1],
      });
      run("max_pool2d", { ...w, x, y, argmax });
    },
    /** dx = dy at the maxima's places. argmax must be maxPool2d's own: its places are trusted. */
    maxPool2dGrad(dx: number, dy: number, argmax: number, w: WindowGeometry): void {
      checkWindow("maxPool2dGrad", w);
      const values = pixels(w) * w.channels;
      checkRanges(memory, "maxPool2dGrad", {
        ...{ dx: [dx, input(w)], dy: [dy, values] },
        argmax: [argmax, argmaxBytes(w), 1],
      });
      run("max_pool2d_grad", { ...w, dy, argmax, dx });
    },
    /** y = the mean of each window; padding counts as zeros when includePadding, else as absent. */
    avgPool2d(y: number, x: number, w: WindowGeometry, includePadding = true): void {
      checkWindow("avgPool2d", w);
      checkRanges(memory, "avgPool2d", { y: [y, pixels(w) * w.channels], x: [x, input(w)] });
      run("avg_pool2d", { ...w, x, y, includePadding: includePadding ? 1 : 0 });
    },
    /** dx = dy spread over each window. */
    avgPool2dGrad(dx: number, dy: number, w: WindowGeometry, includePadding = true): void {
      checkWindow("avgPool2dGrad", w);
      checkRanges(memory, "avgPool2dGrad", { dx: [dx, input(w)], dy: [dy, pixels(w) * w.channels] });
      run("avg_pool2d_grad", { ...w, dy, dx, includePadding: includePadding ? 1 : 0 });
    },
  };
}
