// What a window slides over. The fields lie in memory as an instruction's arguments do, so that a kernel reads them where they are.
import { MOST_PARTS, PARTS_BYTES, WIDE_COLUMNS } from "./constants";

/**
 * Sizes of an op with a window, NHWC: input [batch, height, width, channels], output [batch, out_height, out_width, …].
 * Output (oy, ox) looks at input (oy·stride_height + ky·dilation_height − pad_top, ox·stride_width + kx·dilation_width − pad_left);
 * what lies outside counts as zero (as absent in pooling). The pads below and to the right follow from the output's size.
 */
@unmanaged
export class Window {
  batch: u32;
  height: u32;
  width: u32;
  channels: u32;
  out_height: u32;
  out_width: u32;
  kernel_height: u32;
  kernel_width: u32;
  stride_height: u32;
  stride_width: u32;
  pad_top: u32;
  pad_left: u32;
  dilation_height: u32;
  dilation_width: u32;
}

/** A window with a kernel [kernel_height, kernel_width, channels / groups, filters] (HWIO): the output has `filters` channels. */
@unmanaged
export class Geometry extends Window {
  filters: u32;
  groups: u32;
}

/**
 * Columns of a panel: what a matrix is cut into that micro-kernels read a whole line of. A matrix has whole eights of columns, zeros where it has none,
 * and the wide binary takes two eights at a time while there are two. So the panels of both take the same room.
 */
export const PANEL: u32 = WIDE ? WIDE_COLUMNS : WIDE_COLUMNS >> 1;

/** n columns, up to a whole eight. */
// @ts-ignore: decorator
@inline
export function padded_to_eight(n: u32): u32 {
  return (n + 7) & ~7;
}

// @ts-ignore: decorator
@inline
export function panels_of(n: u32): u32 {
  return (n + PANEL - 1) / PANEL;
}

/** Bytes of a line of a panel: a constant where all panels have as many columns. */
// @ts-ignore: decorator
@inline
export function line_of(columns: u32): usize {
  return <usize>(WIDE ? columns : PANEL) << 2;
}

/** The columns of the panel of n that begins with column f, the padding included. */
// @ts-ignore: decorator
@inline
export function panel_width(n: u32, f: u32): u32 {
  return WIDE ? min(PANEL, padded_to_eight(n) - f) : PANEL;
}

/** Rounds a size in bytes up to whole cache lines, so that no two threads share one. */
// @ts-ignore: decorator
@inline
export function lines(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

/**
 * Sums over the batch are made in this many parts, each of `bytes` bytes, which are added in order: fixed by the op's shape, so that
 * no bit depends on the threads.
 */
export function batch_parts(batch: u32, bytes: u32): u32 {
  return max<u32>(1, min<u32>(min<u32>(batch, MOST_PARTS), PARTS_BYTES / bytes));
}

/** Where part i of n things begins when they are cut into `parts`. */
// @ts-ignore: decorator
@inline
export function part_begin(n: u32, i: u32, parts: u32): u32 {
  return <u32>((<u64>n * i) / parts);
}
