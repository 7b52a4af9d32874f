// Convolution by im2col and a product: any stride, dilation, padding and number of groups. A block of unfolded pixels is made in the
// thread's scratch and used at once, while it is in the nearest caches: the unfolded batch never exists.
import { share_begin, share_end } from "../program/arguments";
import { barrier } from "../threads/barrier";
import { col2im_f32_nhwc } from "./col2im";
import { BLOCK_ROWS, BLOCK_VALUES, EDGE_BYTES, WIDE_COLUMNS } from "./constants";
import { add_f32, copy_f32, zero_f32 } from "../math/copy";
import { batch_parts, Geometry, line_of, lines, padded_to_eight, PANEL, panel_width, panels_of, part_begin } from "./geometry";
import { im2col_f32_nhwc } from "./im2col";
import { multiply_rows, pack_panel, pack_panels, pack_panels_transposed } from "./multiply";
import { panel_of_columns } from "./panel";

/** Rows of dy with more filters than these are copied together before they are read panel by panel. */
const FEW_FILTERS: u32 = 64;

/** Pixels in a block whose rows have K values. */
function block_pixels(K: u32): u32 {
  return min<u32>(BLOCK_ROWS, max<u32>(4, (BLOCK_VALUES / K) & ~3));
}

/** A 1x1 kernel that steps by one over all of x: the unfolded pixels are x itself. */
function is_pointwise(w: Geometry): bool {
  return (
    w.kernel_height * w.kernel_width == 1 && w.stride_height * w.stride_width == 1 && (w.pad_top | w.pad_left) == 0 &&
    w.out_height == w.height && w.out_width == w.width
  );
}

/**
 * y = act(conv(x, weights) + bias): x [batch, height, width, channels], weights [kernel_height, kernel_width, channels / groups,
 * filters], y [batch, out_height, out_width, filters].
 *
 * bias: filters f32, or 0 for none; floor: 0 for ReLU, −∞ for none; scratch: `unfoldedBytes` bytes, 64-byte aligned.
 */
export function conv2d_unfolded_f32(
  y: usize, x: usize, weights: usize, bias: usize, w: Geometry, floor: f32, scratch: usize, thread: u32, threads: u32,
): void {
  const groups = w.groups;
  const channels = w.channels / groups;
  const filters = w.filters / groups;
  const K = w.kernel_height * w.kernel_width * channels;
  const panels = panels_of(filters);
  const panel_bytes = (<usize>padded_to_eight(filters) * K) << 2;
  for (let item = share_begin(groups * panels, 1, thread, threads), end = share_end(groups * panels, 1, thread, threads); item < end; item++) {
    const g = item / panels;
    const panel = item % panels;
    pack_panels(scratch + panel_bytes * g, weights + (<usize>(g * filters) << 2), w.filters, K, filters, panel, panel + 1);
  }
  barrier(threads);

  const block = block_pixels(K);
  const zeros = lines(<usize>filters << 2);
  const edge = scratch + lines(panel_bytes * groups) + (EDGE_BYTES + zeros + lines((<usize>block * K) << 2)) * thread;
  const nothing = edge + EDGE_BYTES;
  const cols = nothing + zeros;
  zero_f32(nothing, filters);
  const pixels = w.batch * w.out_height * w.out_width;
  const stop = share_end(pixels, 4, thread, threads);
  const pointwise = is_pointwise(w);
  for (let p = share_begin(pixels, 4, thread, threads); p < stop; p += block) {
    const count = min(block, stop - p);
    for (let g: u32 = 0; g < groups; g++) {
      let a = x + ((<usize>p * w.channels + g * channels) << 2);
      if (!pointwise) {
        im2col_f32_nhwc(cols, x, w, g * channels, channels, p, p + count);
        a = cols;
      }
      const offset = <usize>(g * filters) << 2;
      multiply_rows(
        y + ((<usize>p * w.filters) << 2) + offset, w.filters, bias == 0 ? nothing : bias + offset, a, pointwise ? w.channels : K,
        scratch + panel_bytes * g, count, filters, K, floor, edge,
      );
    }
  }
}

/**
 * dx = the gradient of conv's input: dx [batch, height, width, channels] from dy [batch, out_height, out_width, filters]. Overwrites dx.
 * Each image is one thread's: its windows overlap; those of a pointwise kernel do not, whose product is dx.
 */
export function conv2d_input_grad_unfolded_f32(
  dx: usize, dy: usize, weights: usize, w: Geometry, scratch: usize, thread: u32, threads: u32,
): void {
  const groups = w.groups;
  const channels = w.channels / groups;
  const filters = w.filters / groups;
  const K = w.kernel_height * w.kernel_width * channels;
  const panels = panels_of(K);
  const padded = padded_to_eight(K);
  const panel_bytes = (<usize>padded * filters) << 2;
  for (let item = share_begin(groups * panels, 1, thread, threads), end = share_end(groups * panels, 1, thread, threads); item < end; item++) {
    const g = item / panels;
    const panel = item % panels;
    pack_panels_transposed(scratch + panel_bytes * g, weights + (<usize>(g * filters) << 2), w.filters, filters, K, panel, panel + 1);
  }
  barrier(threads);

  const block = block_pixels(K);
  const zeros = lines(<usize>padded << 2);
  const pointwise = is_pointwise(w);
  const edge = scratch + lines(panel_bytes * groups) + (EDGE_BYTES + zeros + lines((<usize>block * padded) << 2)) * thread;
  const nothing = edge + EDGE_BYTES;
  const cols = nothing + zeros;
  zero_f32(nothing, padded);
  const pixels = w.out_height * w.out_width;
  if (pointwise) {
    const stop = share_end(w.batch * pixels, 4, thread, threads);
    for (let p = share_begin(w.batch * pixels, 4, thread, threads); p < stop; p += block) {
      for (let g: u32 = 0; g < groups; g++) {
        multiply_rows(
          dx + ((<usize>p * w.channels + g * channels) << 2), w.channels, nothing, dy + ((<usize>p * w.filters + g * filters) << 2), w.filters,
          scratch + panel_bytes * g, min(block, stop - p), channels, filters, -Infinity, edge,
        );
      }
    }
    return;
  }
  const image = w.height * w.width * w.channels;
  for (let n = part_begin(w.batch, thread, threads), last = part_begin(w.batch, thread + 1, threads); n < last; n++) {
    zero_f32(dx + ((<usize>n * image) << 2), image);
    const stop = (n + 1) * pixels;
    for (let p = n * pixels; p < stop; p += block) {
      const count = min(block, stop - p);
      for (let g: u32 = 0; g < groups; g++) {
        multiply_rows(
          cols, padded, nothing, dy + ((<usize>p * w.filters + g * filters) << 2), w.filters,
          scratch + panel_bytes * g, count, padded, filters, -Infinity, edge,
        );
        col2im_f32_nhwc(dx, cols, w, g * channels, channels, padded, p, p + count);
      }
    }
  }
}

/**
 * dw, db = the gradients of conv's kernel and bias: dw laid out as the kernel, db [filters] (0 for none), from x and dy. Overwrites both.
 * The batch is summed in `batch_parts` parts, which are then added in order. Where they leave half of the threads without any, all unfold every
 * part, and each sums its own panels of filters.
 */
export function conv2d_kernel_grad_unfolded_f32(
  dw: usize, db: usize, x: usize, dy: usize, w: Geometry, scratch: usize, thread: u32, threads: u32,
): void {
  const groups = w.groups;
  const channels = w.channels / groups;
  const filters = w.filters / groups;
  const K = w.kernel_height * w.kernel_width * channels;
  const panels = panels_of(filters);
  const padded = padded_to_eight(filters);
  // A part: the kernel's gradient [groups][K][padded], then the bias's [groups][padded].
  const part_bytes = lines((<usize>groups * (K + 1) * padded) << 2);
  const parts = batch_parts(w.batch, <u32>part_bytes);
  const block = block_pixels(K);
  const cols = scratch + part_bytes * parts + (lines((<usize>block * K) << 2) + ((<usize>block * WIDE_COLUMNS) << 2)) * thread;
  const panel = cols + lines((<usize>block * K) << 2);
  const pixels = w.out_height * w.out_width;
  const pointwise = is_pointwise(w);
  const shared = parts << 1 <= threads;
  const first: u32 = shared ? part_begin(panels, thread, threads) * PANEL : 0;
  const end = shared ? min(part_begin(panels, thread + 1, threads) * PANEL, filters) : filters;
  if (shared) {
    const values = <u32>(part_bytes >> 2) * parts;
    const from = share_begin(values, 16, thread, threads);
    zero_f32(scratch + (<usize>from << 2), share_end(values, 16, thread, threads) - from);
    barrier(threads);
  }
  const last = shared ? parts : part_begin(parts, thread + 1, threads);
  for (let i: u32 = shared ? 0 : part_begin(parts, thread, threads); i < last; i++) {
    const part = scratch + part_bytes * i;
    if (!shared) zero_f32(part, <u32>(part_bytes >> 2));
    const stop = part_begin(w.batch, i + 1, parts) * pixels;
    for (let p = part_begin(w.batch, i, parts) * pixels; p < stop; p += block) {
      const count = min(block, stop - p);
      for (let g: u32 = 0; g < groups; g++) {
        let a = x + ((<usize>p * w.channels + g * channels) << 2);
        if (!pointwise) {
          im2col_f32_nhwc(cols, x, w, g * channels, channels, p, p + count);
          a = cols;
        }
        for (let f = first; f < end; f += PANEL) {
          const columns = panel_width(filters, f);
          // Whole panels of short rows are near as they are.
          let b = dy + ((<usize>p * w.filters + g * filters + f) << 2);
          let ldb = <usize>w.filters << 2;
          if (w.filters > FEW_FILTERS || f + columns > filters) {
            pack_panel(panel, b, w.filters, count, min(columns, filters - f));
            b = panel;
            ldb = line_of(columns);
          }
          panel_of_columns(
            part + ((<usize>g * K * padded + f) << 2), <usize>padded << 2, a, <usize>(pointwise ? w.channels : K) << 2, b, ldb, columns,
            count, K,
          );
          add_rows(part + ((<usize>groups * K * padded + g * padded + f) << 2), b, ldb, columns, count);
        }
      }
    }
  }
  barrier(threads);

  const rows = groups * (K + 1);
  for (let row = share_begin(rows, 1, thread, threads), end = share_end(rows, 1, thread, threads); row < end; row++) {
    const from = scratch + ((<usize>row * padded) << 2);
    let to = dw + ((<usize>(row % K) * w.filters + row / K * filters) << 2);
    if (row >= groups * K) {
      if (db == 0) break;
      to = db + (<usize>(row - groups * K) * filters << 2);
    }
    copy_f32(to, from, filters);
    for (let i: u32 = 1; i < parts; i++) add_f32(to, from + part_bytes * i, filters);
  }
}

/** to[j] += Σ_k from[k][j] over K rows that lie `step` bytes apart, of `columns`, a multiple of 8. */
export function add_rows(to: usize, from: usize, step: usize, columns: u32, K: u32): void {
  const line = <usize>columns << 2;
  for (let j: usize = 0; j < line; j += 32) {
    let s0 = v128.load(to + j);
    let s1 = v128.load(to + j, 16);
    let at = from + j;
    for (let k: u32 = 0; k < K; k++) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      at += step;
    }
    v128.store(to + j, s0);
    v128.store(to + j, s1, 16);
  }
}
