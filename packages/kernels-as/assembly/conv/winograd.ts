// Convolution with a 3x3 kernel, stride 1, by Winograd's F(m x m, 3x3), forward and both gradients; channels and filters are
// multiples of 4. T stands for m: see winograd-passes.ts.
//
//   for each block of tiles    V[frequency][tile][channel] ◀── x          (second cache)
//     for each panel of 8        M[frequency][tile][8] = V · U            (nearest cache), then M ──▶ y
//
// with U[panel][frequency][channel][8]: what the products write is read again at once by the transform that follows. The step from one
// frequency's matrix in V to the next is a cache line more than the matrix, lest all fall into the same cache set.
import { share_begin, share_end } from "../program/arguments";
import { barrier } from "../threads/barrier";
import { add_f32, copy_f32 } from "./copy";
import { batch_parts, Geometry, lines, panels_of, part_begin } from "./geometry";
import { panel_of_columns, panel_of_rows } from "./panel";
import { DEAD, places_of, pool_four } from "./pooled";
import { inputs_of, outputs_of } from "./winograd-passes";
import {
  clear_temp, RUN_TILES, temp_bytes, tile_block, transform_input, transform_input_grad, transform_kernel, transform_kernel_grad,
  transform_output, transform_output_grad,
} from "./winograd-tiles";

/** Tiles in a block: such that its V and M take about as much of the second cache at any number of channels. */
function block_tiles(w: Geometry): u32 {
  return max<u32>(8, min<u32>(48, (4096 / (w.channels + w.filters)) & ~3));
}

/** Tiles of the next block when `left` are left: a low last one would cost more than its share. */
function even_block(left: u32, block: u32): u32 {
  const blocks = (left + block - 1) / block;
  return min(left, ((left + blocks - 1) / blocks + 3) & ~3);
}

/**
 * y = act(conv(x, weights) + bias); or, when argmax is not 0, y and argmax of its 2x2 pooling after ReLU (see pooled.ts), where a last
 * odd row or column is left out.
 *
 * bias: filters f32, or 0 for none; floor: 0 for ReLU, −∞ for none; scratch: `winogradBytes` bytes, 64-byte aligned.
 */
export function conv2d_winograd_f32<T>(
  y: usize, argmax: usize, x: usize, weights: usize, bias: usize, w: Geometry, floor: f32, scratch: usize, thread: u32, threads: u32,
): void {
  const n = inputs_of<T>();
  const m = outputs_of<T>();
  const frequencies = n * n;
  const C = w.channels;
  const panels = panels_of(w.filters);
  const pooled = argmax != 0;
  const block = block_tiles(w);
  const u_bytes = (<usize>frequencies * C) << 5;
  const v_step = ((<usize>block * C) << 2) + 64;
  const m_step = <usize>block << 5;
  const temp = scratch + u_bytes * panels + (temp_bytes<T>(w) + (v_step + m_step) * frequencies) * thread;
  const V = temp + temp_bytes<T>(w);
  const M = V + v_step * frequencies;
  clear_temp<T>(temp, w);
  const last = share_end(C, 1, thread, threads);
  for (let c = share_begin(C, 1, thread, threads); c < last; c++) transform_kernel_panels<T>(scratch, weights, w, c, temp);
  barrier(threads);

  const out_height = pooled ? w.out_height & ~1 : w.out_height;
  const out_width = pooled ? w.out_width & ~1 : w.out_width;
  const tiles_down = (out_height + m - 1) / m;
  const tiles_across = (out_width + m - 1) / m;
  const tiles_image = tiles_down * tiles_across;
  const tiles = w.batch * tiles_image;
  const stop = share_end(tiles, 4, thread, threads);
  let count: u32 = 0;
  for (let t0 = share_begin(tiles, 4, thread, threads); t0 < stop; t0 += count) {
    count = even_block(stop - t0, block);
    for (let i: u32 = 0; i < count; i++) {
      const t = t0 + i;
      const in_image = t % tiles_image;
      const image = x + (((<usize>t / tiles_image) * w.height * w.width * C) << 2);
      transform_input<T>(
        V + ((<usize>i * C) << 2), v_step, image, w, <i32>(in_image / tiles_across * m - w.pad_top),
        <i32>(in_image % tiles_across * m - w.pad_left), temp,
      );
    }
    for (let p: u32 = 0; p < panels; p++) {
      multiply_panel(M, m_step, V, v_step, C, scratch + u_bytes * p, count, C, frequencies, temp);
      const b = bias == 0 ? temp : bias + (<usize>p << 5);
      for (let i: u32 = 0; i < count; i += RUN_TILES) {
        const run = min(RUN_TILES, count - i);
        transform_output<T>(M + (<usize>i << 5), m_step, <usize>run << 5, w, temp);
        const out = tile_block<T>(temp, w);
        for (let k: u32 = 0; k < run; k++) {
          const t = t0 + i + k;
          const in_image = t % tiles_image;
          const oy = in_image / tiles_across * m;
          const ox = in_image % tiles_across * m;
          const at = out + (<usize>k << 5);
          if (pooled) store_pooled<T>(y, argmax, at, <usize>run << 5, b, w, p, t / tiles_image, oy, ox);
          else store_tile<T>(y, at, <usize>run << 5, b, floor, w, p, t / tiles_image, oy, ox);
        }
      }
    }
  }
}

/** Panel p of one tile's outputs, [m][m] pixels `step` apart, into y [batch, out_height, out_width, filters]. bias: the panel's, or zeros. */
function store_tile<T>(
  y: usize, from: usize, step: usize, bias: usize, floor: f32, w: Geometry, p: u32, image: u32, oy: u32, ox: u32,
): void {
  const m = outputs_of<T>();
  const line = <usize>w.filters << 2;
  const rows = min(m, w.out_height - oy);
  const columns = min(m, w.out_width - ox);
  const whole = p * 8 + 4 < w.filters;
  const least = f32x4.splat(floor);
  const b0 = v128.load(bias);
  const b1 = whole ? v128.load(bias, 16) : b0;
  let to = y + ((<usize>image * w.out_height + oy) * w.out_width + ox) * line + (<usize>p << 5);
  for (let i: u32 = 0; i < rows; i++) {
    let at = from;
    let put = to;
    for (let j: u32 = 0; j < columns; j++) {
      v128.store(put, f32x4.pmax(f32x4.add(v128.load(at), b0), least));
      if (whole) v128.store(put, f32x4.pmax(f32x4.add(v128.load(at, 16), b1), least), 16);
      put += line;
      at += step;
    }
    to += line * w.out_width;
    from += step * m;
  }
}

/** The same through ReLU and the pool into y [batch, out_height / 2, out_width / 2, filters] and argmax. */
function store_pooled<T>(
  y: usize, argmax: usize, from: usize, step: usize, bias: usize, w: Geometry, p: u32, image: u32, oy: u32, ox: u32,
): void {
  const m = outputs_of<T>();
  const height = w.out_height >> 1;
  const width = w.out_width >> 1;
  const rows = min(m >> 1, height - (oy >> 1));
  const columns = min(m >> 1, width - (ox >> 1));
  const whole = p * 8 + 4 < w.filters;
  for (let i: u32 = 0; i < rows; i++) {
    let to = ((<usize>image * height + (oy >> 1) + i) * width + (ox >> 1)) * w.filters + p * 8;
    let upper = from + step * (2 * i * m);
    for (let j: u32 = 0; j < columns; j++) {
      const lower = upper + step * m;
      pool_biased(y + (to << 2), argmax + to, upper, lower, step, bias);
      if (whole) pool_biased(y + (to << 2) + 16, argmax + to + 4, upper + 16, lower + 16, step, bias + 16);
      to += w.filters;
      upper += 2 * step;
    }
  }
}

/** Pools two pixels at upper and two at lower, `step` apart, after adding the bias. */
// @ts-ignore: decorator
@inline
function pool_biased(y: usize, argmax: usize, upper: usize, lower: usize, step: usize, bias: usize): void {
  const b = v128.load(bias);
  pool_four(
    y, argmax, f32x4.add(v128.load(upper), b), f32x4.add(v128.load(upper + step), b), f32x4.add(v128.load(lower), b),
    f32x4.add(v128.load(lower + step), b),
  );
}

/** Channel c of the kernel into every panel: to[panel of 8 filters][frequency][channel][8], zero beyond the filters. */
function transform_kernel_panels<T>(to: usize, weights: usize, w: Geometry, c: u32, temp: usize): void {
  const frequencies = inputs_of<T>() * inputs_of<T>();
  const step = <usize>w.channels << 5;
  transform_kernel<T>(weights, w, c, temp);
  let from = tile_block<T>(temp, w);
  to += <usize>c << 5;
  for (let frequency: u32 = 0; frequency < frequencies; frequency++) {
    let at = to;
    for (let f: u32 = 0; f < w.filters; f += 8) {
      v128.store(at, v128.load(from));
      from += 16;
      if (f + 4 < w.filters) {
        v128.store(at, v128.load(from), 16);
        from += 16;
      } else v128.store(at, f32x4.splat(0), 16);
      at += step * frequencies;
    }
    to += step;
  }
}

/** M[frequency][row][8] = a[frequency]·panel[frequency] for all frequencies: a rows x K with rows lda elements apart. Steps are bytes. */
function multiply_panel(
  M: usize, m_step: usize, a: usize, a_step: usize, lda: u32, panel: usize, rows: u32, K: u32, frequencies: u32, zeros: usize,
): void {
  for (let frequency: u32 = 0; frequency < frequencies; frequency++) {
    panel_of_rows(M, 32, zeros, 0, a, <usize>lda << 2, panel, K, -Infinity, rows);
    M += m_step;
    a += a_step;
    panel += <usize>K << 5;
  }
}

/**
 * The gradients that are wanted (0: not): dx of the input; dw and db of the kernel and bias. dy is the gradient of conv's output, or,
 * when argmax is not 0, of the pooled output.
 *
 * The batch is cut into `batch_parts` parts whose kernel gradients are added in order; when only dx is wanted, the images are dealt out.
 */
export function conv2d_grad_winograd_f32<T>(
  dx: usize, dw: usize, db: usize, x: usize, dy: usize, argmax: usize, weights: usize, w: Geometry, scratch: usize, thread: u32,
  threads: u32,
): void {
  const n = inputs_of<T>();
  const m = outputs_of<T>();
  const frequencies = n * n;
  const C = w.channels;
  const padded = panels_of(w.filters) * 8;
  const panels_c = panels_of(C);
  const padded_c = panels_c * 8;
  const pooled = argmax != 0;
  const sums = dw != 0 || db != 0;
  const block = block_tiles(w);
  const u_bytes = (<usize>frequencies * w.filters) << 5;
  const w_step = ((<usize>block * padded) << 2) + 64;
  const v_step = ((<usize>block * C) << 2) + 64;
  const m_step = <usize>block << 5;
  const sum_step = ((<usize>C * padded) << 2) + 64;
  const part_bytes = lines(sum_step * frequencies + (<usize>padded << 2));
  const parts = sums ? batch_parts(w.batch, <u32>part_bytes) : threads;
  const sums_at = scratch + (dx == 0 ? 0 : u_bytes * panels_c);
  const temp =
    sums_at + (sums ? part_bytes * parts : 0) + (temp_bytes<T>(w) + (w_step + v_step + m_step) * frequencies) * thread;
  const W = temp + temp_bytes<T>(w);
  const V = W + w_step * frequencies;
  const M = V + v_step * frequencies;
  clear_temp<T>(temp, w);
  if (padded != w.filters) memory.fill(W, 0, w_step * frequencies);
  if (dx != 0) {
    // Up to the panels' end: what lies beyond the channels is zeros.
    const last = share_end(padded_c, 8, thread, threads);
    for (let c = share_begin(padded_c, 8, thread, threads); c < last; c++) {
      transform_kernel_transposed<T>(scratch, weights, w, c, temp);
    }
  }
  barrier(threads);

  const out_height = pooled ? w.out_height & ~1 : w.out_height;
  const out_width = pooled ? w.out_width & ~1 : w.out_width;
  const tiles_down = (out_height + m - 1) / m;
  const tiles_across = (out_width + m - 1) / m;
  const tiles_image = tiles_down * tiles_across;
  const image_x = <usize>w.height * w.width * C << 2;
  for (let part = part_begin(parts, thread, threads), end = part_begin(parts, thread + 1, threads); part < end; part++) {
    const sum = sums_at + part_bytes * part;
    if (sums) memory.fill(sum, 0, part_bytes);
    const stop = part_begin(w.batch, part + 1, parts) * tiles_image;
    let count: u32 = 0;
    for (let t0 = part_begin(w.batch, part, parts) * tiles_image; t0 < stop; t0 += count) {
      count = even_block(stop - t0, block);
      for (let i: u32 = 0; i < count; i++) {
        const t = t0 + i;
        const in_image = t % tiles_image;
        load_tile<T>(
          W + ((<usize>i * padded) << 2), w_step, sums ? sum + sum_step * frequencies : 0, dy, argmax, w, t / tiles_image,
          in_image / tiles_across * m, in_image % tiles_across * m, temp,
        );
      }
      if (dw != 0) {
        for (let i: u32 = 0; i < count; i++) {
          const t = t0 + i;
          const in_image = t % tiles_image;
          transform_input<T>(
            V + ((<usize>i * C) << 2), v_step, x + image_x * (t / tiles_image), w, <i32>(in_image / tiles_across * m - w.pad_top),
            <i32>(in_image % tiles_across * m - w.pad_left), temp,
          );
        }
        for (let frequency: u32 = 0; frequency < frequencies; frequency++) {
          for (let f: usize = 0; f < <usize>padded << 2; f += 32) {
            panel_of_columns(
              sum + sum_step * frequency + f, <usize>padded << 2, V + v_step * frequency, <usize>C << 2, W + w_step * frequency + f,
              <usize>padded << 2, count, C,
            );
          }
        }
      }
      if (dx != 0) {
        for (let p: u32 = 0; p < panels_c; p++) {
          multiply_panel(M, m_step, W, w_step, padded, scratch + u_bytes * p, count, w.filters, frequencies, temp);
          for (let i: u32 = 0; i < count; i += RUN_TILES) {
            const run = min(RUN_TILES, count - i);
            transform_input_grad<T>(M + (<usize>i << 5), m_step, <usize>run << 5, w, temp);
            const out = tile_block<T>(temp, w);
            for (let k: u32 = 0; k < run; k++) {
              const t = t0 + i + k;
              const in_image = t % tiles_image;
              const image = dx + image_x * (t / tiles_image);
              if (in_image == 0 && p == 0) memory.fill(image, 0, image_x);
              add_tile<T>(
                image, out + (<usize>k << 5), <usize>run << 5, w, p, <i32>(in_image / tiles_across * m - w.pad_top),
                <i32>(in_image % tiles_across * m - w.pad_left),
              );
            }
          }
        }
      }
    }
  }
  if (!sums) return;
  barrier(threads);
  if (db != 0 && thread == 0) {
    const from = sums_at + sum_step * frequencies;
    copy_f32(db, from, w.filters);
    for (let part: u32 = 1; part < parts; part++) add_f32(db, from + part_bytes * part, w.filters);
  }
  if (dw == 0) return;
  const last = share_end(C, 1, thread, threads);
  const line = <usize>w.filters << 2;
  for (let c = share_begin(C, 1, thread, threads); c < last; c++) {
    let from = sums_at + ((<usize>c * padded) << 2);
    let to = tile_block<T>(temp, w);
    for (let frequency: u32 = 0; frequency < frequencies; frequency++) {
      copy_f32(to, from, w.filters);
      for (let part: u32 = 1; part < parts; part++) add_f32(to, from + part_bytes * part, w.filters);
      to += line;
      from += sum_step;
    }
    transform_kernel_grad<T>(dw, w, c, temp);
  }
}

/** Channel c of the kernel into the transposed panels: to[panel of 8 channels][frequency][filter][8]. */
function transform_kernel_transposed<T>(to: usize, weights: usize, w: Geometry, c: u32, temp: usize): void {
  const frequencies = inputs_of<T>() * inputs_of<T>();
  const values = frequencies * w.filters;
  let from = tile_block<T>(temp, w);
  if (c < w.channels) transform_kernel<T>(weights, w, c, temp);
  else memory.fill(from, 0, <usize>values << 2);
  to += ((<usize>(c >> 3) * values) << 5) + ((c & 7) << 2);
  for (let i: u32 = 0; i < values; i++) {
    f32.store(to, f32.load(from));
    from += 4;
    to += 32;
  }
}

/** dx += panel p of one tile's inputs' gradients, [n][n] pixels `step` apart, the first of them (iy, ix); those outside are dropped. */
function add_tile<T>(image: usize, from: usize, step: usize, w: Geometry, p: u32, iy: i32, ix: i32): void {
  const n = inputs_of<T>();
  const line = <usize>w.channels << 2;
  const whole = p * 8 + 4 < w.channels;
  const bottom = min<i32>(n, <i32>w.height - iy);
  const left = max(0, -ix);
  const right = min<i32>(n, <i32>w.width - ix);
  for (let i = max(0, -iy); i < bottom; i++) {
    let to = image + line * <usize>((iy + i) * <i32>w.width + ix + left) + (<usize>p << 5);
    let at = from + step * <usize>(i * n + left);
    for (let j = left; j < right; j++) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(at)));
      if (whole) v128.store(to, f32x4.add(v128.load(to, 16), v128.load(at, 16)), 16);
      to += line;
      at += step;
    }
  }
}

/** One tile of dy into W; bias_sum, if not 0, grows by its sum. */
function load_tile<T>(
  to: usize, step: usize, bias_sum: usize, dy: usize, argmax: usize, w: Geometry, image: u32, oy: u32, ox: u32, temp: usize,
): void {
  const m = outputs_of<T>();
  const block = tile_block<T>(temp, w);
  const shift: u32 = argmax != 0 ? 1 : 0;
  const height = w.out_height >> shift;
  const width = w.out_width >> shift;
  const rows = min(m >> shift, height - (oy >> shift));
  const columns = min(m >> shift, width - (ox >> shift));
  const line = <usize>w.filters << 2;
  if (rows < m >> shift || columns < m >> shift) memory.fill(block, 0, line * m * m);
  for (let i: u32 = 0; i < rows; i++) {
    const first = ((<usize>image * height + (oy >> shift) + i) * width + (ox >> shift)) * w.filters;
    const at = block + line * (<usize>(m * i) << shift);
    for (let j: u32 = 0; j < columns; j++) {
      const pixel = first + <usize>j * w.filters;
      const put = at + line * (<usize>j << shift);
      if (argmax != 0) unpool_pixel(put, put + line * m, bias_sum, dy + (pixel << 2), argmax + pixel, line);
      else copy_pixel(put, bias_sum, dy + (pixel << 2), line);
    }
  }
  transform_output_grad<T>(to, step, line, w, temp);
}

/** Four pixels, two at `upper` and two at `lower`, from a pooled one: its gradient where argmax says, zeros elsewhere. */
function unpool_pixel(upper: usize, lower: usize, bias_sum: usize, dy: usize, argmax: usize, line: usize): void {
  for (let f: usize = 0; f < line; f += 16) {
    const place = places_of(argmax + (f >> 2));
    const d = v128.load(dy + f);
    v128.store(upper + f, v128.and(d, i32x4.eq(place, i32x4.splat(0))));
    v128.store(upper + line + f, v128.and(d, i32x4.eq(place, i32x4.splat(1))));
    v128.store(lower + f, v128.and(d, i32x4.eq(place, i32x4.splat(2))));
    v128.store(lower + line + f, v128.and(d, i32x4.eq(place, i32x4.splat(3))));
    if (bias_sum != 0) {
      const alive = v128.andnot(d, i32x4.eq(place, i32x4.splat(DEAD)));
      v128.store(bias_sum + f, f32x4.add(v128.load(bias_sum + f), alive));
    }
  }
}

function copy_pixel(to: usize, bias_sum: usize, dy: usize, line: usize): void {
  for (let f: usize = 0; f < line; f += 16) {
    const d = v128.load(dy + f);
    v128.store(to + f, d);
    if (bias_sum != 0) v128.store(bias_sum + f, f32x4.add(v128.load(bias_sum + f), d));
  }
}
