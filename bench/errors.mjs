// How far the convolutions' passes are from float64, by algorithm and shape: node bench/errors.mjs prints the table of docs/measurements.md;
// node bench/errors.mjs 64 16 does with a batch of 64 those of 16 channels.
// Each error is the largest of a result, over the largest magnitude of it. Images, kernel and dY are sums of four uniform numbers, a batch of two
// unless another is asked for.
import { readFile } from "node:fs/promises";
import process from "node:process";
import {
  CONV_GROUPED,
  CONV_WINOGRAD_2,
  CONV_WINOGRAD_4,
} from "../packages/kernels-as/dist/constants/conv.gen.js";
import { chooseConv2dAlgorithm, conv2dScratchBytes } from "../packages/kernels-as/dist/index.js";
import { program, put, withEngine } from "./engines.mjs";

const BATCH = Number(process.argv[2] ?? 2);
const ONLY = process.argv[3] && Number(process.argv[3]);
const IM2COL = 0;
const NAMES = { [IM2COL]: "im2col", 1: "window", [CONV_WINOGRAD_2]: "F(2x2)", [CONV_WINOGRAD_4]: "F(4x4)" };
NAMES[CONV_GROUPED] = "lanes";

/** Beside those of bench/shape-networks.json: what each rule begins with, and groups. */
const OTHERS = [
  { channels: 1, filters: 32, kernel: 3, stride: 1, padding: 1, size: 28 },
  { channels: 64, filters: 64, kernel: 3, stride: 1, padding: 1, size: 5 },
  { channels: 8, filters: 8, kernel: 3, stride: 1, padding: 1, size: 4 },
  { channels: 32, filters: 32, kernel: 2, stride: 1, padding: 0, size: 14 },
  { channels: 32, filters: 32, kernel: 4, stride: 2, padding: 1, size: 16 },
  { channels: 16, filters: 32, kernel: 5, stride: 2, padding: 2, size: 16 },
  { channels: 16, filters: 16, kernel: 7, stride: 1, padding: 3, size: 14 },
  { channels: 64, filters: 64, kernel: 3, stride: 1, padding: 1, size: 14, groups: 64 },
  { channels: 64, filters: 64, kernel: 3, stride: 2, padding: 1, size: 14, groups: 64 },
  { channels: 32, filters: 32, kernel: 5, stride: 1, padding: 2, size: 14, groups: 32 },
  { channels: 16, filters: 64, kernel: 3, stride: 1, padding: 1, size: 14, groups: 16 },
  { channels: 64, filters: 64, kernel: 3, stride: 1, padding: 1, size: 14, groups: 16 },
  { channels: 64, filters: 64, kernel: 3, stride: 1, padding: 1, size: 14, groups: 4 },
];

const geometryOf = ({ channels, filters, kernel, stride, padding, size, groups = 1 }) => {
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return {
    ...{ batch: BATCH, height: size, width: size, channels, filters, groups, outHeight: out, outWidth: out },
    ...{ kernelHeight: kernel, kernelWidth: kernel, strideHeight: stride, strideWidth: stride },
    ...{ padTop: padding, padLeft: padding, dilationHeight: 1, dilationWidth: 1 },
  };
};

function normal(length, seed) {
  // mulberry32: of a plain congruential generator, numbers a power of two apart would be alike.
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000 - 0.5;
  };
  return Float32Array.from({ length }, () => uniform() + uniform() + uniform() + uniform());
}

/** y, dx and dw in float64: NHWC, HWIO. */
function reference(g, x, w, dy) {
  const [y, dx, dw] = [dy, x, w].map(({ length }) => new Float64Array(length));
  const [each, made] = [g.channels / g.groups, g.filters / g.groups];
  for (let pixel = 0; pixel < g.batch * g.outHeight * g.outWidth; pixel++) {
    const ox = pixel % g.outWidth;
    const oy = Math.floor(pixel / g.outWidth) % g.outHeight;
    const n = Math.floor(pixel / g.outWidth / g.outHeight);
    for (let tap = 0; tap < g.kernelHeight * g.kernelWidth; tap++) {
      const iy = oy * g.strideHeight + Math.floor(tap / g.kernelWidth) - g.padTop;
      const ix = ox * g.strideWidth + (tap % g.kernelWidth) - g.padLeft;
      if (iy < 0 || iy >= g.height || ix < 0 || ix >= g.width) continue;
      const place = ((n * g.height + iy) * g.width + ix) * g.channels;
      for (let c = 0; c < each; c++) {
        const weights = (tap * each + c) * g.filters;
        for (let f = 0; f < g.filters; f++) {
          const input = place + Math.floor(f / made) * each + c;
          const output = pixel * g.filters + f;
          y[output] += x[input] * w[weights + f];
          dx[input] += dy[output] * w[weights + f];
          dw[weights + f] += dy[output] * x[input];
        }
      }
    }
  }
  return { y, dx, dw };
}

const PASSES = [
  { pass: "forward", name: "conv2d", result: "y", reads: ["x", "w"], others: { bias: 0, activation: 0 } },
  { pass: "inputGrad", name: "conv2d_input_grad", result: "dx", reads: ["dy", "w"], others: {} },
  { pass: "kernelGrad", name: "conv2d_kernel_grad", result: "dw", reads: ["x", "dy"], others: { db: 0 } },
];

const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The rows of a shape: every algorithm that any precision gives one of its passes. */
async function rowsOf(engine, shape) {
  const g = geometryOf(shape);
  const taps = g.kernelHeight * g.kernelWidth;
  const data = {
    x: normal(BATCH * g.height * g.width * g.channels, 1),
    w: normal((taps * g.channels * g.filters) / g.groups, 2),
    dy: normal(BATCH * g.outHeight * g.outWidth * g.filters, 3),
  };
  const want = reference(g, data.x, data.w, data.dy);
  const at = {};
  for (const [name, values] of Object.entries(data)) at[name] = await put(engine, values);
  const errors = {};
  for (const { pass, name, result, reads, others } of PASSES) {
    const chosen = ["standard", "high"].map((precision) => chooseConv2dAlgorithm(pass, g, precision));
    for (const algorithm of new Set([IM2COL, ...chosen])) {
      const to = await engine.allocate(4 * want[result].length);
      const scratch = await engine.allocate(conv2dScratchBytes(pass, g, algorithm, 1));
      const operands = Object.fromEntries(reads.map((operand) => [operand, at[operand]]));
      const args = { ...operands, ...others, [result]: to, ...g, algorithm, scratch };
      await (await program(engine, name, [[name, args]])).run(1);
      const got = new Float32Array((await engine.read(to, 4 * want[result].length)).buffer);
      const error = largest(want[result].map((value, i) => value - got[i])) / largest(want[result]);
      errors[algorithm] ??= {};
      errors[algorithm][result] = { error, standard: algorithm === chosen[0] };
    }
  }
  const { channels, filters, kernel, stride, padding, size, groups = 1 } = shape;
  const named = `${channels}→${filters}, ${kernel}x${kernel}, ${stride}, ${padding}, ${size}${groups > 1 ? `, ${groups} groups` : ""}`;
  return Object.entries(errors).map(([algorithm, found]) => {
    const cells = ["y", "dx", "dw"].map((result) => {
      if (!found[result]) return "";
      const { error, standard } = found[result];
      return standard ? `**${error.toExponential(1)}**` : error.toExponential(1);
    });
    return `| ${named} | ${NAMES[algorithm]} | ${cells.join(" | ")} |`;
  });
}

const listed = JSON.parse(await readFile(new URL("shape-networks.json", import.meta.url), "utf8"));
const lines = [
  "| channels→filters, kernel, stride, padding, side | by | y | dx | dw |",
  "| --- | --- | --- | --- | --- |",
];
await withEngine({}, async (engine) => {
  for (const shape of [...listed.convolutions, ...OTHERS]) {
    if (!ONLY || shape.channels === ONLY) lines.push(...(await rowsOf(engine, shape)));
  }
});
process.stdout.write(`${lines.join("\n")}\n`);
