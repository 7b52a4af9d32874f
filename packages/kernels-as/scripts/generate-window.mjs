// Writes assembly/conv/window.gen.ts: kernels for a 3x3 window over one channel, which stays in registers as far as it goes.
// Run it after every change here and commit both files; a test compares them.
import { HALVES, indent, offset, publish, range } from "./kernel-source.mjs";

/**
 * Ends a block of code, without ever being taken. V8 places a block's loads ahead of its arithmetic and runs out of registers; what is
 * stored after the loop has to be computed before a branch that may lead there.
 */
let cuts = 0;
const cut = () => `if (left == NEVER + ${cuts++}) break;`;

/**
 * The nine taps one after the other, each for four pixels and eight filters. An accumulator is due again after sixteen instructions, when
 * its last sum is ready; inputs that the next tap needs as well stay in registers. Outputs sum in the order of the taps here and in the
 * wider kernel, so that they agree in every bit.
 */
function fourPixels() {
  const tap = (ky, kx) => [
    ...HALVES.map((h) => `w${h} = v128.load(w${offset(96 * ky + 32 * kx + 16 * h)});`),
    ...(kx === 0 ? range(4) : [kx + 3]).map(
      (c) => `s${ky}${c} = v128.load32_splat(${rowOf(ky)}${offset(4 * c)});`,
    ),
    ...range(4).flatMap((j) =>
      HALVES.map(
        (h) => `c${j}${h} = madd(s${ky}${j + kx}, w${h}, ${ky + kx === 0 ? `b${h}` : `c${j}${h}`});`,
      ),
    ),
    cut(),
  ];
  return range(3).flatMap((ky) => range(3).flatMap((kx) => tap(ky, kx)));
}

const rowOf = (ky) => (ky === 0 ? "x" : `x${ky}`);
const declare = (names) => `let ${names.map((name) => `${name}: v128`).join(", ")};`;
/** A loop that is left at its end, or never by one of the cuts. */
const once = (body) => ["while (true) {", ...indent(1, body.slice(0, -1)), "  break;", "}"];

function forward() {
  return [
    "/** y of `tiles` tiles of four pixels, eight filters: pixels are `ldy` bytes apart in y, tiles follow each other. */",
    "export function window_3x3_4x8(y: usize, ldy: usize, x: usize, pitch: usize, w: usize, bias: usize, floor: f32, tiles: u32): void {",
    ...indent(1, [
      "let left = tiles;",
      "let x1 = x + pitch;",
      "let x2 = x1 + pitch;",
      declare(range(3).flatMap((r) => range(6).map((c) => `s${r}${c}`))),
      declare(["w0", "w1", ...range(4).flatMap((j) => HALVES.map((h) => `c${j}${h}`))]),
      "while (left > 0) {",
      ...indent(1, [
        ...HALVES.map((h) => `const b${h} = v128.load(bias${offset(16 * h)});`),
        ...once(fourPixels()),
        "const least = f32x4.splat(floor);",
        ...range(4).flatMap((j) => [
          ...HALVES.map((h) => `v128.store(y, f32x4.pmax(c${j}${h}, least)${offset(16 * h)});`),
          "y += ldy;",
        ]),
        ...["x", "x1", "x2"].map((name) => `${name} += 16;`),
        "left--;",
      ]),
      "}",
    ]),
    "}",
  ];
}

const FOURTHS = range(4);

/** The nine taps for two pixels and sixteen filters, a line of the cache; cut after each pixel. */
function twoPixels() {
  const tap = (ky, kx) => {
    const fresh = kx === 0 ? [0, 1] : [kx + 1];
    const panel = (q) => 288 * (q >> 1) + 16 * (q & 1);
    return [
      ...FOURTHS.map((q) => `w${q} = v128.load(w${offset(96 * ky + 32 * kx + panel(q))});`),
      ...fresh.map((c) => `s${c} = v128.load32_splat(${rowOf(ky)}${offset(4 * c)});`),
      ...range(2).flatMap((j) => [
        ...FOURTHS.map(
          (q) => `c${j}${q} = madd(s${j + kx}, w${q}, ${ky + kx === 0 ? `b${q}` : `c${j}${q}`});`,
        ),
        cut(),
      ]),
    ];
  };
  return range(3).flatMap((ky) => range(3).flatMap((kx) => tap(ky, kx)));
}

function forwardWide() {
  return [
    "/** y of `tiles` tiles of two pixels, sixteen filters, whose weights are two panels: pixels are `ldy` bytes apart in y. */",
    "export function window_3x3_2x16(y: usize, ldy: usize, x: usize, pitch: usize, w: usize, bias: usize, floor: f32, tiles: u32): void {",
    ...indent(1, [
      "let left = tiles;",
      "let x1 = x + pitch;",
      "let x2 = x1 + pitch;",
      declare(range(4).map((c) => `s${c}`)),
      declare([...FOURTHS.map((q) => `w${q}`), ...range(2).flatMap((j) => FOURTHS.map((q) => `c${j}${q}`))]),
      "while (left > 0) {",
      ...indent(1, [
        ...FOURTHS.map((q) => `const b${q} = v128.load(bias${offset(16 * q)});`),
        ...once(twoPixels()),
        "const least = f32x4.splat(floor);",
        ...range(2).flatMap((j) => [
          ...FOURTHS.map((q) => `v128.store(y, f32x4.pmax(c${j}${q}, least)${offset(16 * q)});`),
          "y += ldy;",
        ]),
        ...["x", "x1", "x2"].map((name) => `${name} += 8;`),
        "left--;",
      ]),
      "}",
    ]),
    "}",
  ];
}

const taps = range(9);
const gradPlace = (t) => `dw${t === 0 ? "" : ` + ${t === 1 ? "" : `${t} * `}lddw`}`;
const loadGrad = [
  ...taps.map((t) => `let c${t} = v128.load(${gradPlace(t)});`),
  "let total = v128.load(db);",
];
const storeGrad = [...taps.map((t) => `v128.store(${gradPlace(t)}, c${t});`), "v128.store(db, total);"];

/** `pixels` pixels next to each other: an input that several of them meet is loaded once, and a tap still sums in the pixels' order. */
function gradPixels(pixels) {
  return [
    ...range(pixels).map((j) => `const d${j} = v128.load(dy${j === 0 ? "" : " + lddy"});`),
    ...range(3).flatMap((ky) =>
      range(pixels + 2).flatMap((s) => [
        `s = v128.load32_splat(x${ky}${offset(4 * s)});`,
        ...range(pixels).flatMap((j) => {
          const kx = s - j;
          if (kx < 0 || kx > 2) return [];
          return [`c${3 * ky + kx} = madd(s, d${j}, c${3 * ky + kx});`];
        }),
        ...(s % 2 === 1 ? [cut()] : []),
      ]),
    ),
    ...range(pixels).map((j) => `total = f32x4.add(total, d${j});`),
  ];
}

function kernelGrad() {
  return [
    "/** dw[tap][f] += Σ x[pixel + tap]·dy[pixel][f] and db[f] += Σ dy for four filters over `rows` rows of `pixels` pixels. */",
    "export function window_3x3_grad_4(",
    "  dw: usize, lddw: usize, db: usize, x: usize, pitch: usize, dy: usize, lddy: usize, rows: u32, pixels: u32,",
    "): void {",
    ...indent(1, [
      ...loadGrad,
      "let s = total;",
      "while (rows > 0) {",
      ...indent(1, [
        "let x0 = x;",
        "let x1 = x0 + pitch;",
        "let x2 = x1 + pitch;",
        "let left = pixels;",
        "while (left > 1) {",
        ...indent(1, [
          ...gradPixels(2),
          ...range(3).map((ky) => `x${ky} += 8;`),
          "dy += 2 * lddy;",
          "left -= 2;",
        ]),
        "}",
        "while (left > 0) {",
        ...indent(1, [...gradPixels(1), "dy += lddy;", "left--;"]),
        "}",
        "x += pitch;",
        "rows--;",
      ]),
      "}",
      ...storeGrad,
    ]),
    "}",
  ];
}

/** swizzle takes, lane by lane, the input that the pool let through. */
function poolGrad() {
  return [
    "/**",
    " * dw[tap][f] += Σ x[…]·dy[pooled pixel][f] and db[f] += Σ dy for four filters over `pixels` pooled pixels, `filters` values apart.",
    " * corners: for each pooled pixel and tap the four inputs that meet the tap, one for each place of the pool's window.",
    " */",
    "export function window_3x3_pool_grad_4(",
    "  dw: usize, lddw: usize, db: usize, corners: usize, dy: usize, argmax: usize, filters: usize, pixels: u32,",
    "): void {",
    ...indent(1, [
      ...loadGrad,
      "let left = pixels;",
      "while (left > 0) {",
      ...indent(1, [
        "const place = i8x16.swizzle(v128.load32_zero(argmax), v128.load(BYTES));",
        "const d = v128.and(v128.load(dy), i8x16.lt_s(place, v128.load(BYTES, 16)));",
        "const lane = v128.or(i32x4.shl(place, 2), v128.load(BYTES, 32));",
        "total = f32x4.add(total, d);",
        ...taps.map((t) => `c${t} = madd(pick(v128.load(corners${offset(16 * t)}), lane), d, c${t});`),
        "corners += 144;",
        "dy += filters << 2;",
        "argmax += filters;",
        "left--;",
      ]),
      "}",
      ...storeGrad,
    ]),
    "}",
  ];
}

const source = [
  "// Generated by scripts/generate-window.mjs; change that, run it, and commit both.",
  "//",
  "// A 3x3 window that steps by one over an image of one channel, rows `pitch` bytes apart, padding included. Weights in panels of",
  "// eight filters, [9 taps][8]; an output is bias + its nine products in the order of the taps.",
  "// Addresses and ld… are bytes.",
  'import { madd } from "../math/madd";',
  "",
  "/** No count comes near it. */",
  "const NEVER: u32 = 0xffff0000;",
  "",
  "/** Byte i of four repeated four times; DEAD; the bytes of a lane. From memory, since V8 makes a constant anew at every use. */",
  "const BYTES = memory.data<u8>([",
  "  0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,",
  "]);",
  "",
  "/** The bytes of x that `lane` names. A lane that names none belongs to a gradient of 0, whatever it gets. */",
  "// @ts-ignore: decorator",
  "@inline",
  "function pick(x: v128, lane: v128): v128 {",
  "  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(x, lane);",
  "  return i8x16.swizzle(x, lane);",
  "}",
  "",
  ...[forward(), forwardWide(), kernelGrad(), poolGrad()].flatMap((f, i) => (i === 0 ? f : ["", ...f])),
];
const text = `${source.join("\n")}\n`;
await publish("conv/window.gen.ts", text);
