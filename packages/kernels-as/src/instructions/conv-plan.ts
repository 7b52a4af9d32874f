// What the planner has to know of a convolution: by which algorithm, and with how much scratch. The byte counts mirror the layouts
// in assembly/conv; a test runs every one of them between guard words.

import {
  BAND_BYTES,
  BLOCK_ROWS,
  BLOCK_VALUES,
  CONV_DIRECT,
  CONV_GROUPED,
  CONV_UNFOLDED,
  CONV_WINOGRAD_2,
  CONV_WINOGRAD_4,
  EDGE_BYTES,
  ENTRY,
  HEAD_BYTES,
  LANES,
  LEAST_TILES,
  LISTS_HEAD,
  MATRIX_GAP,
  MATRIX_VALUES,
  MOST_PARTS,
  MOST_SUMMED,
  MOST_TILES,
  NEAR_BYTES,
  PARTS_BYTES,
  PLACES,
  ROW,
  SPARE_ROWS,
  TAPS,
  TILE_BYTES,
  WALK_BYTES,
  WIDE_COLUMNS,
  ZEROS,
} from "../constants/conv.gen.js";
import type { Precision } from "../engine.js";
import { type ConvGeometry, windowFault } from "./conv.js";

/** grad: dx, dw and db in one instruction. */
export type Conv2dPass = "forward" | "inputGrad" | "kernelGrad" | "grad";

/** Winograd pays from this many channels and filters on, and from this many pixels along a side. */
const WINOGRAD_CHANNELS = 8;
const WINOGRAD_SIDE = 4;
/** The longest side of a kernel that is cut into pieces, of which there are then nine at most: a thread's desk has room for twelve. */
const MOST_TAPS = 7;
/** pool-lists.ts counts the filters of a pixel in 16 bits. */
const MOST_FILTERS = 2 ** 16 - 1;

/** A 3x3 kernel that steps by one over neighbouring pixels of all channels. */
function isPlain3x3(g: ConvGeometry): boolean {
  return (
    g.kernelHeight === 3 &&
    g.kernelWidth === 3 &&
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    g.dilationHeight === 1 &&
    g.dilationWidth === 1 &&
    g.groups === 1
  );
}

/** How assembly/conv/winograd-pieces.ts cuts a kernel's side: how many pieces, and how many frequencies they have together. */
function piecesAlong(kernel: number, stride: number): { pieces: number; frequencies: number } {
  let pieces = 0;
  let frequencies = 0;
  for (let first = 0; first < Math.min(kernel, stride); first++) {
    const taps = Math.ceil((kernel - first) / stride);
    const parts = Math.ceil(taps / 3);
    // One tap fewer than threes would have, or two, is a piece of two, or two of them.
    const short = taps === 1 ? 1 : 3 * parts - taps;
    pieces += parts;
    frequencies += 6 * parts - short;
  }
  return { pieces, frequencies };
}

const piecesOf = (g: ConvGeometry): number =>
  piecesAlong(g.kernelHeight, g.strideHeight).pieces * piecesAlong(g.kernelWidth, g.strideWidth).pieces;

/** A kernel whose pieces need half of its products or less, for 16 outputs at a time: a 3x3 kernel that steps by two does not, and was slower. */
function suitsPieces(g: ConvGeometry): boolean {
  const sides = [g.kernelHeight, g.kernelWidth, g.strideHeight, g.strideWidth] as const;
  if (Math.min(sides[0], sides[1]) < 2 || Math.max(sides[0], sides[1]) > MOST_TAPS) return false;
  if (Math.min(sides[2], sides[3]) < 1 || Math.max(sides[2], sides[3]) > 2) return false;
  if (g.dilationHeight !== 1 || g.dilationWidth !== 1 || g.groups !== 1) return false;
  if (Math.min(g.outHeight, g.outWidth) < WINOGRAD_SIDE) return false;
  const products = piecesAlong(sides[0], sides[2]).frequencies * piecesAlong(sides[1], sides[3]).frequencies;
  return 2 * products <= 16 * sides[0] * sides[1];
}

function suitsWinograd(g: ConvGeometry): boolean {
  return (
    (isPlain3x3(g) || suitsPieces(g)) &&
    g.channels % 4 === 0 &&
    g.filters % 4 === 0 &&
    Math.min(g.channels, g.filters) >= WINOGRAD_CHANNELS &&
    g.filters <= MOST_FILTERS &&
    Math.min(g.height, g.width) >= WINOGRAD_SIDE
  );
}

/** One channel, as of a grey image: the window's own kernels, which have no gradient of the input. */
function suitsWindow(pass: Conv2dPass, g: ConvGeometry): boolean {
  return (
    isPlain3x3(g) &&
    g.channels === 1 &&
    g.filters % 8 === 0 &&
    g.outWidth >= 4 &&
    (pass === "forward" || pass === "kernelGrad")
  );
}

/** Groups whose matrix products would be mostly padding: of up to so many channels and filters, or of one channel and up to so many filters. */
const FEW_IN_GROUP = 4;
const FEW_OF_CHANNEL = 8;

function suitsGrouped(g: ConvGeometry): boolean {
  const channels = g.channels / g.groups;
  const filters = g.filters / g.groups;
  if (g.groups === 1) return false;
  return Math.max(channels, filters) <= FEW_IN_GROUP || (channels === 1 && filters <= FEW_OF_CHANNEL);
}

/** The `algorithm` of a convolution's pass, by its shape and the precision alone: see assembly/conv/README.md. */
export function chooseConv2dAlgorithm(pass: Conv2dPass, g: ConvGeometry, precision: Precision): number {
  if (suitsWinograd(g) && (precision !== "high" || isPlain3x3(g)))
    return precision === "high" ? CONV_WINOGRAD_2 : CONV_WINOGRAD_4;
  if (suitsGrouped(g)) return CONV_GROUPED;
  return suitsWindow(pass, g) ? CONV_DIRECT : CONV_UNFOLDED;
}

/** Whether an algorithm has a twin with ReLU and a 2x2 pool inside, and their gradients: of 3x3 kernels that step by one. */
function takesPool(algorithm: number, g: ConvGeometry): boolean {
  return algorithm !== CONV_UNFOLDED && isPlain3x3(g);
}

/** Whether a convolution's pass takes in the ReLU and the 2x2 pool behind it. */
export function poolsInConv2d(pass: Conv2dPass, g: ConvGeometry, precision: Precision): boolean {
  return takesPool(chooseConv2dAlgorithm(pass, g, precision), g);
}

/** What is wrong with a convolution's sizes or its algorithm, if anything. `pooled`: of the passes with a pool inside. */
export function conv2dFault(
  pass: Conv2dPass,
  g: ConvGeometry & { readonly algorithm: number },
  pooled = false,
): string | undefined {
  const { channels, filters, groups, algorithm } = g;
  for (const name of ["filters", "groups"] as const) {
    if (g[name] < 1) return `expected ${name} to be an integer in [1, 2^32), got ${g[name]}`;
  }
  if (channels % groups !== 0 || filters % groups !== 0) {
    return `expected channels and filters to be multiples of ${groups} groups, got ${channels} and ${filters}`;
  }
  const known = (["standard", "high"] as const).map((precision) => chooseConv2dAlgorithm(pass, g, precision));
  if (!pooled) known.push(CONV_UNFOLDED);
  const fits = known.includes(algorithm) && !(pooled && !takesPool(algorithm, g));
  if (fits) return windowFault(g);
  return `expected an algorithm that has this pass for this shape, got ${algorithm}`;
}

const lines = (bytes: number): number => Math.ceil(bytes / 64) * 64;
const panelsOf = (n: number): number => Math.ceil(n / 8);

/** As `batch_parts` in assembly/conv/geometry.ts: in how many parts a sum over the batch is made. */
function batchParts(batch: number, bytes: number): number {
  return Math.max(1, Math.min(batch, MOST_PARTS, Math.floor(PARTS_BYTES / bytes)));
}

/** Bytes of scratch, for all threads together, that a convolution needs. */
export function conv2dScratchBytes(
  pass: Conv2dPass,
  g: ConvGeometry,
  algorithm: number,
  threads: number,
): number {
  if (algorithm === CONV_WINOGRAD_4 || algorithm === CONV_WINOGRAD_2) {
    const bytes = winogradBytes(pass, g, algorithm === CONV_WINOGRAD_4 ? 6 : 4, threads);
    return pass === "grad" || pass === "kernelGrad" ? Math.max(bytes, poolGradBytes(g, threads)) : bytes;
  }
  if (algorithm === CONV_DIRECT) return windowBytes(pass, g, threads);
  const bytes = algorithm === CONV_GROUPED ? groupedBytes : unfoldedBytes;
  if (pass !== "grad") return bytes(pass, g, threads);
  return Math.max(bytes("inputGrad", g, threads), bytes("kernelGrad", g, threads));
}

/** The layouts of assembly/conv/grouped.ts. */
function groupedBytes(pass: Exclude<Conv2dPass, "grad">, g: ConvGeometry, threads: number): number {
  const { channels, filters, groups, height, width } = g;
  const depthwise = groups === channels && groups === filters;
  const image = depthwise ? 0 : height * width * LANES * 4;
  const row = filters * 4;
  if (pass === "forward")
    return (
      (lines(WALK_BYTES * (g.outHeight + g.outWidth)) + lines(row) + (image * channels) / groups) * threads
    );
  if (pass === "inputGrad") {
    const sums = depthwise ? 0 : lines(width * row);
    return (lines(WALK_BYTES * (height + width)) + lines(row) + sums) * threads;
  }
  const part = lines(row * (g.kernelHeight * g.kernelWidth * (channels / groups) + 1));
  return part * batchParts(g.batch, part) + (LANES * 4 + image) * threads;
}

/** The layouts of assembly/conv/unfolded.ts. */
function unfoldedBytes(pass: Exclude<Conv2dPass, "grad">, g: ConvGeometry, threads: number): number {
  const filters = g.filters / g.groups;
  const K = g.kernelHeight * g.kernelWidth * (g.channels / g.groups);
  const block = Math.min(BLOCK_ROWS, Math.max(4, Math.floor(BLOCK_VALUES / K / 4) * 4));
  if (pass === "forward") {
    const each = EDGE_BYTES + lines(filters * 4) + lines(block * K * 4);
    return lines(g.groups * panelsOf(filters) * K * 32) + each * threads;
  }
  if (pass === "inputGrad") {
    const padded = panelsOf(K) * 8;
    const each = EDGE_BYTES + lines(padded * 4) + lines(block * padded * 4);
    return lines(g.groups * panelsOf(K) * filters * 32) + each * threads;
  }
  const part = lines(g.groups * (K + 1) * panelsOf(filters) * 32);
  return part * batchParts(g.batch, part) + (lines(block * K * 4) + block * WIDE_COLUMNS * 4) * threads;
}

/** The layouts of assembly/conv/winograd.ts and winograd-grad.ts, for n frequencies a side. */
function winogradBytes(pass: Conv2dPass, g: ConvGeometry, n: number, threads: number): number {
  const frequencies = n ** 2;
  const { filters } = g;
  const channels = piecesOf(g) * g.channels;
  const padded = panelsOf(filters) * 8;
  const most = Math.floor(MATRIX_VALUES / (channels + filters) / 4) * 4;
  const tiles = Math.max(LEAST_TILES, Math.min(MOST_TILES, most));
  const desk = ZEROS + lines(24 * Math.max(g.channels * g.strideWidth, padded));
  const block = HEAD_BYTES + TILE_BYTES * tiles;
  const matrix = (rows: number, columns: number): number => (rows * columns * 4 + MATRIX_GAP) * frequencies;
  // V and M; in the gradients W besides. M has rows to spare, and a matrix.
  const inputs =
    desk + block + matrix(tiles, channels) + (tiles + SPARE_ROWS + 1) * WIDE_COLUMNS * 4 * (frequencies + 1);
  if (pass === "forward") return panelsOf(filters) * matrix(channels, 8) + inputs * threads;
  const each = inputs + matrix(tiles, padded);
  const kernel = pass === "kernelGrad" ? 0 : panelsOf(channels) * matrix(filters, 8);
  const part = lines(matrix(channels, padded) + padded * 4);
  if (pass === "inputGrad") return kernel + each * threads;
  const inImage = Math.ceil(g.outHeight / (n - 2)) * Math.ceil(g.outWidth / (n - 2));
  const blocks = Math.max(1, Math.floor((g.batch * inImage) / LEAST_TILES));
  const parts = Math.min(batchParts(g.batch, part), blocks);
  const chunk = Math.ceil(g.batch / parts) * inImage > MOST_SUMMED ? matrix(channels, padded) : 0;
  return kernel + part * parts + (each + chunk) * threads;
}

/** The layouts of assembly/conv/pool-grad.ts and pool-lists.ts. */
function poolGradBytes(g: ConvGeometry, threads: number): number {
  const { filters } = g;
  const kernel = 3 * Math.ceil((3 * g.channels) / 32) * filters * ROW;
  const part = lines(kernel + filters * 4);
  const image = lines((g.outHeight + 2) * (g.outWidth + 2) * g.channels * 4 + ROW);
  const width = g.outWidth >> 1;
  const row = Math.max(1, width) * filters * ENTRY;
  const pixels = width * Math.max(1, Math.min(g.outHeight >> 1, Math.floor(BAND_BYTES / row)));
  const entries = (PLACES + 2) * pixels * filters;
  const lists = lines(LISTS_HEAD + filters * 8 + 4 * PLACES * (pixels + 1) + entries * ENTRY);
  return kernel + part * batchParts(g.batch, part) + (2 * image + lists) * threads;
}

/** The layouts of assembly/conv/window.ts. */
function windowBytes(pass: Conv2dPass, g: ConvGeometry, threads: number): number {
  const image = lines((g.outWidth + 2) * (g.outHeight + 2) * 4);
  if (pass === "forward") {
    // The two rows are for the twin with a pool.
    const rows = lines((g.outWidth & ~1) * g.filters * 8);
    return (image + lines(g.filters * TAPS * 4) + lines(g.filters * 4) + rows) * threads;
  }
  const part = lines(g.filters * (TAPS + 1) * 4);
  const width = g.outWidth >> 1;
  const rows = Math.max(1, Math.floor(NEAR_BYTES / (Math.max(1, width) * TAPS * 16)));
  const corners = lines(rows * width * TAPS * 16);
  return part * batchParts(g.batch, part) + (image + corners) * threads;
}
