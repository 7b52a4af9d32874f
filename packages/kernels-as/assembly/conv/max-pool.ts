// Max pooling, NHWC, and its gradient. The index of each maximum inside its window is kept: one byte where the window has at most
// 255 places (all bits set: the window lies outside x altogether), else four.
import { PLACES_IN_BYTE } from "./constants";
import { zero_f32 } from "../math/copy";
import { Window } from "./geometry";

/** The place that says: the window lies outside x altogether. */
const NONE: u32 = PLACES_IN_BYTE;
const NONE_WIDE: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
function is_wide(w: Window): bool {
  return w.kernel_height * w.kernel_width > PLACES_IN_BYTE;
}

/**
 * y = the largest x in each window, argmax = its place ky · kernel_width + kx, the first of equals. Padding is absent, not zero; a window
 * wholly outside gives −∞. A NaN in the window wins, so that it can be reported.
 *
 * y, x: f32, NHWC; argmax: u8 (u32 for windows of more than 255 places), laid out as y, or 0 for none. begin, end: output pixels over the whole batch.
 */
export function max_pool2d_f32_nhwc(y: usize, argmax: usize, x: usize, w: Window, begin: u32, end: u32): void {
  if (begin >= end) return;
  const C = w.channels;
  const pixels = w.out_height * w.out_width;
  const wide = is_wide(w);
  const none = wide ? NONE_WIDE : NONE;
  let n = begin / pixels;
  let oy = (begin % pixels) / w.out_width;
  let ox = begin % w.out_width;
  for (let p = begin; p < end; p++) {
    const top = <i32>(oy * w.stride_height) - <i32>w.pad_top;
    const left = <i32>(ox * w.stride_width) - <i32>w.pad_left;
    const image = x + ((<usize>n * w.height * w.width * C) << 2);
    let at = <usize>p * C;
    let c: u32 = 0;
    for (; c + 4 <= C; c += 4) {
      let best = f32x4.splat(-Infinity);
      let place = i32x4.splat(none);
      for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
        const iy = top + <i32>(ky * w.dilation_height);
        if (iy < 0 || iy >= <i32>w.height) continue;
        for (let kx: u32 = 0; kx < w.kernel_width; kx++) {
          const ix = left + <i32>(kx * w.dilation_width);
          if (ix < 0 || ix >= <i32>w.width) continue;
          const v = v128.load(image + (((<usize>iy * w.width + ix) * C + c) << 2));
          // Not (v <= best): larger, or one of the two is NaN. The first place that is inside is taken whatever it holds.
          const wins = v128.or(
            v128.andnot(v128.not(f32x4.le(v, best)), f32x4.ne(best, best)),
            i32x4.eq(place, i32x4.splat(none)),
          );
          best = v128.bitselect(v, best, wins);
          place = v128.bitselect(i32x4.splat(ky * w.kernel_width + kx), place, wins);
        }
      }
      v128.store(y + ((at + c) << 2), best);
      if (argmax != 0) {
        if (wide) v128.store(argmax + ((at + c) << 2), place);
        else {
          const narrow = i16x8.narrow_i32x4_s(place, place);
          v128.store32_lane(argmax + at + c, i8x16.narrow_i16x8_u(narrow, narrow), 0);
        }
      }
    }
    for (; c < C; c++) {
      let best: f32 = -Infinity;
      let place = none;
      for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
        const iy = top + <i32>(ky * w.dilation_height);
        if (iy < 0 || iy >= <i32>w.height) continue;
        for (let kx: u32 = 0; kx < w.kernel_width; kx++) {
          const ix = left + <i32>(kx * w.dilation_width);
          if (ix < 0 || ix >= <i32>w.width) continue;
          const v = f32.load(image + (((<usize>iy * w.width + ix) * C + c) << 2));
          if (place == none || (!(v <= best) && best == best)) {
            best = v;
            place = ky * w.kernel_width + kx;
          }
        }
      }
      f32.store(y + ((at + c) << 2), best);
      if (argmax != 0) {
        if (wide) store<u32>(argmax + ((at + c) << 2), place);
        else store<u8>(argmax + at + c, <u8>place);
      }
    }
    if (++ox == w.out_width) {
      ox = 0;
      if (++oy == w.out_height) {
        oy = 0;
        n++;
      }
    }
  }
}

/**
 * dx[argmax's place] = dy, zero elsewhere; where windows overlap, the sum. Overwrites dx. begin, end: images.
 */
export function max_pool2d_grad_f32_nhwc(dx: usize, argmax: usize, dy: usize, w: Window, begin: u32, end: u32): void {
  const C = w.channels;
  const image = w.height * w.width * C;
  const wide = is_wide(w);
  for (let n = begin; n < end; n++) {
    const to = dx + ((<usize>n * image) << 2);
    zero_f32(to, image);
    let at = <usize>n * w.out_height * w.out_width * C;
    for (let oy: u32 = 0; oy < w.out_height; oy++) {
      const top = <i32>(oy * w.stride_height) - <i32>w.pad_top;
      for (let ox: u32 = 0; ox < w.out_width; ox++) {
        const left = <i32>(ox * w.stride_width) - <i32>w.pad_left;
        for (let c: u32 = 0; c < C; c++, at++) {
          const place = wide ? load<u32>(argmax + (at << 2)) : <u32>load<u8>(argmax + at);
          if (place == (wide ? NONE_WIDE : NONE)) continue;
          const iy = top + <i32>((place / w.kernel_width) * w.dilation_height);
          const ix = left + <i32>((place % w.kernel_width) * w.dilation_width);
          const pixel = to + (((<usize>iy * w.width + ix) * C + c) << 2);
          f32.store(pixel, f32.load(pixel) + f32.load(dy + (at << 2)));
        }
      }
    }
  }
}
