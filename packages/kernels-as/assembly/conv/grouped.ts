// Convolution in groups of few channels and filters, a depthwise one above all: a product of matrices would be mostly padding. So a filter is a
// lane:
//
//   y[pixel][f] = Σ over taps and a group's channels c  x_c[place][f] · w[tap][c][f]          with x_c[place][f] = x[place][channel c of f's group]
//
// where x_c is x itself if each channel has one filter, and is else spread out, LANES filters at a time. Any kernel, stride, dilation, padding.
// All three passes are sums of such products (lanes.gen.ts): over the taps, over the taps backwards, over the pixels. Forward, their order is im2col's.
import { share_begin, share_end } from "../program/arguments";
import { barrier } from "../threads/barrier";
import { LANES, NEAR_BYTES, WALK_BYTES } from "./constants";
import { add_f32, copy_f32, zero_f32 } from "../math/copy";
import { batch_parts, Geometry, lines, part_begin } from "./geometry";
import { sum_lanes } from "./lanes.gen";
import { list_walks, Walk, walk_at } from "./walk";

/** Each channel is a group with one filter: its lane is where it is. */
// @ts-ignore: decorator
@inline
function is_depthwise(w: Geometry): bool {
  return w.groups == w.channels && w.groups == w.filters;
}

/** Bytes of an image of which, for LANES filters, `channels` of their group's channels are spread out. */
// @ts-ignore: decorator
@inline
function spread_bytes(w: Geometry, channels: u32): usize {
  return is_depthwise(w) ? 0 : (<usize>w.height * w.width * channels * LANES) << 2;
}

/** to[place][i] = x[place][channel c of filter f + i's group], i < lanes, for `places` places `step` bytes apart; f is a multiple of 4. */
function spread(to: usize, step: usize, x: usize, w: Geometry, c: u32, f: u32, lanes: u32, places: u32): void {
  const filters = w.filters / w.groups;
  const next = <usize>(w.channels / w.groups) << 2;
  const pixel = <usize>w.channels << 2;
  const gap = step - (<usize>lanes << 2);
  x += next * (f / filters) + (<usize>c << 2);
  for (; places > 0; places--) {
    let from = x;
    let left = filters - (f % filters);
    for (let i: u32 = 0; i < lanes; ) {
      if (left >= 4 && i + 4 <= lanes) {
        v128.store(to, v128.load32_splat(from));
        to += 16;
        i += 4;
        left -= 4;
      } else {
        store<f32>(to, load<f32>(from));
        to += 4;
        i++;
        left--;
      }
      if (left == 0) {
        left = filters;
        from += next;
      }
    }
    to += gap;
    x += pixel;
  }
}

/**
 * A row of `pixels` sums over the taps and, of a source of several, `channels`, for some filters; pixels lie y_pixel bytes apart in y, source_pixel
 * in the source. init: a row for all.
 */
function row_of_sums(
  y: usize, y_pixel: usize, init: usize, source: usize, source_pixel: usize, source_width: u32, channels: u32, down: Walk, walks: usize,
  pixels: u32, weights: usize, w: Geometry, floor: f32, lanes: u32,
): void {
  const tap = <usize>(w.channels / w.groups * w.filters) << 2;
  const row = source_pixel * source_width;
  source += row * down.from;
  weights += tap * w.kernel_width * down.tap;
  const lower = row * down.step;
  const lower_taps = tap * w.kernel_width * down.tap_step;
  for (let i: u32 = 0; i < pixels; i++) {
    const across = walk_at(walks, i);
    const right = source_pixel * across.step;
    const right_tap = tap * across.tap_step;
    let from = source + source_pixel * across.from;
    let kernel = weights + tap * across.tap;
    if (channels == 1 || down.count == 0) {
      sum_lanes(y, init, from, kernel, down.count, across.count, lower, right, lower_taps, right_tap, floor, lanes);
    } else {
      for (let left = down.count; left > 0; left--) {
        sum_lanes(
          y, left == down.count ? init : y, from, kernel, across.count, channels, right, <usize>lanes << 2, right_tap, <usize>w.filters << 2,
          left == 1 ? floor : -Infinity, lanes,
        );
        from += lower;
        kernel += lower_taps;
      }
    }
    y += y_pixel;
  }
}

/** y = act(conv(x, weights) + bias). scratch: `groupedBytes` bytes, 64-byte aligned; the other arguments as in unfolded.ts. */
export function conv2d_grouped_f32(
  y: usize, x: usize, weights: usize, bias: usize, w: Geometry, floor: f32, scratch: usize, thread: u32, threads: u32,
): void {
  const channels = w.channels / w.groups;
  const depthwise = is_depthwise(w);
  const places = w.out_height + w.out_width;
  const zeros = lines(<usize>w.filters << 2);
  const down = scratch + (lines(WALK_BYTES * places) + zeros + spread_bytes(w, channels)) * thread;
  const across = down + WALK_BYTES * w.out_height;
  const nothing = down + lines(WALK_BYTES * places);
  const image = nothing + zeros;
  list_walks(down, w.out_height, w.height, w.kernel_height, w.stride_height, w.dilation_height, w.pad_top, false);
  list_walks(across, w.out_width, w.width, w.kernel_width, w.stride_width, w.dilation_width, w.pad_left, false);
  zero_f32(nothing, w.filters);
  if (bias == 0) bias = nothing;
  const y_pixel = <usize>w.filters << 2;
  const x_pixel = <usize>w.channels << 2;
  const width = depthwise ? w.filters : LANES;
  const rows = w.batch * w.out_height;
  const stop = share_end(rows, 1, thread, threads);
  for (let row = share_begin(rows, 1, thread, threads); row < stop; ) {
    const n = row / w.out_height;
    const end = min(stop, (n + 1) * w.out_height);
    const first = row - n * w.out_height;
    const last = end - n * w.out_height;
    const from = x + x_pixel * w.width * w.height * n;
    const to = y + y_pixel * w.out_width * w.out_height * n;
    for (let f: u32 = 0; f < w.filters; f += width) {
      const lanes = min(width, w.filters - f);
      const at = <usize>f << 2;
      if (!depthwise) spread_rows(image, from, w, f, lanes, down, first, last);
      for (let oy = first; oy < last; oy++) {
        row_of_sums(
          to + y_pixel * w.out_width * oy + at, y_pixel, bias + at, depthwise ? from : image, depthwise ? x_pixel : <usize>(channels * lanes) << 2,
          w.width, channels, walk_at(down, oy), across, w.out_width, weights + at, w, floor, lanes,
        );
      }
    }
    row = end;
  }
}

/** Spreads the rows out that output rows [first, last) meet, all channels of a place one after the other. */
function spread_rows(to: usize, x: usize, w: Geometry, f: u32, lanes: u32, down: usize, first: u32, last: u32): void {
  let begin = w.height;
  let end: u32 = 0;
  for (let oy = first; oy < last; oy++) {
    const walk = walk_at(down, oy);
    if (walk.count == 0) continue;
    begin = min<u32>(begin, walk.from);
    end = max<u32>(end, walk.from + walk.step * (walk.count - 1) + 1);
  }
  if (begin >= end) return;
  const at = <usize>begin * w.width;
  const channels = w.channels / w.groups;
  const channel = <usize>lanes << 2;
  for (let c: u32 = 0; c < channels; c++) {
    spread(
      to + channel * (at * channels + c), channel * channels, x + ((at * w.channels) << 2), w, c, f, lanes, (end - begin) * w.width,
    );
  }
}

/** dx = the gradient of conv's input from dy: for each pixel of it, over the windows that lie over it. Overwrites dx. */
export function conv2d_input_grad_grouped_f32(
  dx: usize, dy: usize, weights: usize, w: Geometry, scratch: usize, thread: u32, threads: u32,
): void {
  const channels = w.channels / w.groups;
  const filters = w.filters / w.groups;
  const depthwise = is_depthwise(w);
  const places = w.height + w.width;
  const pixel = <usize>w.filters << 2;
  const zeros = lines(pixel);
  const down = scratch + (lines(WALK_BYTES * places) + zeros + (depthwise ? 0 : lines(pixel * w.width))) * thread;
  const across = down + WALK_BYTES * w.height;
  const nothing = down + lines(WALK_BYTES * places);
  const sums = nothing + zeros;
  list_walks(down, w.height, w.out_height, w.kernel_height, w.stride_height, w.dilation_height, w.pad_top, true);
  list_walks(across, w.width, w.out_width, w.kernel_width, w.stride_width, w.dilation_width, w.pad_left, true);
  zero_f32(nothing, w.filters);
  const dx_row = (<usize>w.width * w.channels) << 2;
  const rows = w.batch * w.height;
  for (let row = share_begin(rows, 1, thread, threads), end = share_end(rows, 1, thread, threads); row < end; row++) {
    const from = dy + pixel * w.out_height * w.out_width * (row / w.height);
    const walk = walk_at(down, row % w.height);
    const to = dx + dx_row * row;
    for (let c: u32 = 0; c < channels; c++) {
      row_of_sums(
        depthwise ? to : sums, pixel, nothing, from, pixel, w.out_width, 1, walk, across, w.width, weights + ((<usize>c * w.filters) << 2), w,
        -Infinity, w.filters,
      );
      if (!depthwise) gather_sums(to + (<usize>c << 2), <usize>channels << 2, sums, filters, w.width * w.groups);
    }
  }
}

/** to[group] = the sum of its filters' values, `step` bytes from group to group. */
function gather_sums(to: usize, step: usize, from: usize, filters: u32, groups: u32): void {
  for (; groups > 0; groups--) {
    let sum: f32 = load<f32>(from);
    for (let i: u32 = 1; i < filters; i++) sum += load<f32>(from + (<usize>i << 2));
    store<f32>(to, sum);
    from += <usize>filters << 2;
    to += step;
  }
}

/**
 * dw, db (0: not wanted) from x and dy. Overwrites both. The batch is summed in `batch_parts` parts, which are then added in order; a part's
 * filters are dealt out LANES at a time.
 */
export function conv2d_kernel_grad_grouped_f32(
  dw: usize, db: usize, x: usize, dy: usize, w: Geometry, scratch: usize, thread: u32, threads: u32,
): void {
  const channels = w.channels / w.groups;
  const depthwise = is_depthwise(w);
  const kernel = w.kernel_height * w.kernel_width * channels * w.filters;
  // A part: dw, then db.
  const part_bytes = lines(<usize>(kernel + w.filters) << 2);
  const parts = batch_parts(w.batch, <u32>part_bytes);
  const ones = scratch + part_bytes * parts + ((<usize>LANES << 2) + spread_bytes(w, 1)) * thread;
  const image = ones + (<usize>LANES << 2);
  for (let i: u32 = 0; i < LANES; i++) store<f32>(ones + (<usize>i << 2), 1);
  const x_pixel = <usize>w.channels << 2;
  const y_pixel = <usize>w.filters << 2;
  const blocks = (w.filters + LANES - 1) / LANES;
  const items = parts * blocks;
  for (let item = share_begin(items, 1, thread, threads), stop = share_end(items, 1, thread, threads); item < stop; item++) {
    const i = item / blocks;
    const f = item % blocks * LANES;
    const lanes = min(LANES, w.filters - f);
    const at = <usize>f << 2;
    const part = scratch + part_bytes * i + at;
    for (let t: u32 = 0, taps = kernel / w.filters + 1; t < taps; t++) zero_f32(part + y_pixel * t, lanes);
    for (let n = part_begin(w.batch, i, parts), end = part_begin(w.batch, i + 1, parts); n < end; n++) {
      const from = x + x_pixel * w.height * w.width * n;
      const grad = dy + y_pixel * w.out_height * w.out_width * n + at;
      for (let c: u32 = 0; c < channels; c++) {
        if (!depthwise) spread(image, <usize>lanes << 2, from, w, c, f, lanes, w.height * w.width);
        add_image(
          part + y_pixel * c, y_pixel * channels, depthwise ? from + at : image, depthwise ? x_pixel : <usize>lanes << 2, grad, y_pixel, w, lanes,
        );
      }
      if (db != 0) {
        const sum = part + y_pixel * (kernel / w.filters);
        sum_lanes(sum, sum, grad, ones, w.out_height, w.out_width, y_pixel * w.out_width, y_pixel, 0, 0, -Infinity, lanes);
      }
    }
  }
  barrier(threads);

  const rows = kernel / w.filters + (db == 0 ? 0 : 1);
  for (let row = share_begin(rows, 1, thread, threads), end = share_end(rows, 1, thread, threads); row < end; row++) {
    const from = scratch + y_pixel * row;
    const to = row * w.filters == kernel ? db : dw + y_pixel * row;
    copy_f32(to, from, w.filters);
    for (let i: u32 = 1; i < parts; i++) add_f32(to, from + part_bytes * i, w.filters);
  }
}

/** Adds an image's share to dw, whose taps lie `tap` bytes apart: a few rows at a time, so that they are near for all taps. */
function add_image(
  dw: usize, tap: usize, x: usize, x_pixel: usize, dy: usize, y_pixel: usize, w: Geometry, lanes: u32,
): void {
  const few = max<u32>(1, NEAR_BYTES / (w.out_width * LANES * 4));
  const x_row = x_pixel * w.width;
  const y_row = y_pixel * w.out_width;
  for (let row: u32 = 0; row < w.out_height; row += few) {
    const end = min(w.out_height, row + few);
    let to = dw;
    for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
      const above = <i32>(ky * w.dilation_height) - <i32>w.pad_top;
      const top = max(row, first_output(above, w.stride_height));
      const bottom = min(end, end_output(above, w.stride_height, w.height));
      for (let kx: u32 = 0; kx < w.kernel_width; kx++, to += tap) {
        const before = <i32>(kx * w.dilation_width) - <i32>w.pad_left;
        const left = first_output(before, w.stride_width);
        const right = min(w.out_width, end_output(before, w.stride_width, w.width));
        if (top >= bottom || left >= right) continue;
        const place = <isize>x_row * (<i32>(top * w.stride_height) + above) + <isize>x_pixel * (<i32>(left * w.stride_width) + before);
        sum_lanes(
          to, to, x + place, dy + y_row * top + y_pixel * left, bottom - top, right - left, x_row * w.stride_height, x_pixel * w.stride_width,
          y_row, y_pixel, -Infinity, lanes,
        );
      }
    }
  }
}

/** The first output whose tap, which for output 0 meets place `at`, meets the image. */
// @ts-ignore: decorator
@inline
function first_output(at: i32, stride: u32): u32 {
  return at < 0 ? (<u32>-at + stride - 1) / stride : 0;
}

/** The first output whose tap meets what lies behind an image of `size`. */
// @ts-ignore: decorator
@inline
function end_output(at: i32, stride: u32, size: u32): u32 {
  return <i32>size <= at ? 0 : (<u32>(<i32>size - at) + stride - 1) / stride;
}
