// What a 2x2 pool lets flow back, listed twice: by filter, and by the place in the convolution's output.
//
//   HEAD     for each place of a window (0 1 / 2 3, and DEAD): where the next entry goes, and the place's offset in the image
//   begins   [filters] u32, where each filter's list begins, and ends
//   bounds   [4 places][pooled pixels + 1] u32: a pixel's list of a place ends where the next one's begins
//   lists    [4 places] one pixel's after the other, what does not flow, then the filters' lists
import { BAND_BYTES, ENTRY, LISTS_HEAD, PLACES, ROW } from "./constants";
import { Geometry, lines } from "./geometry";
import { DEAD } from "./pooled";

/** One more at a place, 16 bits each. */
const ONE = memory.data<u64>([1, 0x10000, 0x100000000, 0x1000000000000, 0]);

/** Pooled rows that are listed at once. */
export function band_rows(w: Geometry): u32 {
  const row = max<u32>(1, w.out_width >> 1) * w.filters * ENTRY;
  return max<u32>(1, min<u32>(w.out_height >> 1, BAND_BYTES / row));
}

// @ts-ignore: decorator
@inline
function band_pixels(w: Geometry): u32 {
  return band_rows(w) * (w.out_width >> 1);
}

// @ts-ignore: decorator
@inline
export function begins_at(at: usize, w: Geometry): usize {
  return at + LISTS_HEAD;
}

// @ts-ignore: decorator
@inline
export function ends_at(at: usize, w: Geometry): usize {
  return at + LISTS_HEAD + (<usize>w.filters << 2);
}

export function bounds_at(at: usize, w: Geometry, place: u32): usize {
  return at + LISTS_HEAD + (<usize>w.filters << 3) + ((<usize>(band_pixels(w) + 1) * place) << 2);
}

export function lists_bytes(w: Geometry): usize {
  return lines(bounds_at(0, w, PLACES) + <usize>(PLACES + 2) * band_pixels(w) * w.filters * ENTRY);
}

/**
 * Lists the band of `rows` pooled rows at dy and argmax, from the first pixel on. Offsets are bytes: of a filter's entry the place in an
 * image with pixels `line` and rows `pitch` apart, of a place's entry the filter's row in a block of the kernel.
 */
export function list_gradients(to: usize, dy: usize, argmax: usize, w: Geometry, rows: u32, line: usize, pitch: usize): void {
  const F = w.filters;
  const width = w.out_width >> 1;
  const begins = begins_at(to, w);
  const ends = ends_at(to, w);
  const bounds = bounds_at(to, w, 0);
  const bounds_step = bounds_at(to, w, 1) - bounds;
  let entries = bounds + bounds_step * PLACES;
  const stream = <usize>band_pixels(w) * ENTRY;
  for (let place: u32 = 0; place <= PLACES; place++) {
    store<u32>(to + (place << 3), <u32>entries);
    store<u32>(to + (place << 3), <u32>(line * (place & 1) + pitch * (place >> 1)), 4);
    entries += stream * F;
  }
  for (let f: u32 = 0; f < F; f++) {
    store<u32>(begins + (f << 2), <u32>entries);
    store<u32>(ends + (f << 2), <u32>entries);
    entries += stream;
  }
  let bound = bounds;
  set_bounds(bound, bounds_step, to);
  for (let oy: u32 = 0; oy < rows; oy++) {
    for (let ox: u32 = 0; ox < width; ox++) {
      list_pixel(to, ends, dy, argmax, F, ox + 1 < width ? line << 1 : (pitch << 1) - (line << 1) * (width - 1));
      bound += 4;
      set_bounds(bound, bounds_step, to);
      dy += <usize>F << 2;
      argmax += F;
    }
  }
}

/** The lists of the places end here. */
function set_bounds(bound: usize, step: usize, head: usize): void {
  for (let place: u32 = 0; place < PLACES; place++) {
    store<u32>(bound, load<u32>(head + (place << 3)));
    bound += step;
  }
}

/** Lists one pooled pixel; the next one is `step` away. Without a branch: what does not flow is written where nothing reads it. */
function list_pixel(head: usize, ends: usize, dy: usize, argmax: usize, F: u32, step: usize): void {
  let counts: u64 = 0;
  for (let row: u32 = 0; row < F * <u32>ROW; row += <u32>ROW) {
    const place = <u32>load<u8>(argmax);
    const value = load<u32>(dy);
    const of_place = load<u32>(head + (place << 3)) + (<u32>((counts >> (place << 4)) & 0xffff) << 3);
    store<u32>(of_place, value);
    store<u32>(of_place, row, 4);
    counts += load<u64>(ONE + (place << 3));
    const of_filter = load<u32>(ends);
    store<u32>(of_filter, value);
    store<u32>(of_filter, load<u32>(head + (place << 3), 4), 4);
    store<u32>(ends, of_filter + ENTRY - ((place & DEAD) << 1));
    argmax++;
    dy += 4;
    ends += 4;
  }
  for (let place: u32 = 0; place < PLACES; place++) {
    store<u32>(head, load<u32>(head) + (<u32>(counts & 0xffff) << 3));
    store<u32>(head, load<u32>(head, 4) + <u32>step, 4);
    counts >>= 16;
    head += 8;
  }
}
