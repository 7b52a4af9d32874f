// Writes assembly/gemm/micro.gen.ts: the micro-kernels of GEMM, one function a tile shape, since AssemblyScript has no local arrays.
// Run it after every change here and commit both files; a test compares them.
import { indent, offset, publish, range } from "./kernel-source.mjs";

const SIGNATURE =
  "c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,";

const DOT_SIGNATURE =
  "c: usize, cp: usize, cq: usize, init: usize, initp: usize, initq: usize, p: usize, ldp: usize, q: usize, ldq: usize, k: u32, floor: f32,";

const TILE_SIGNATURE = `${SIGNATURE} tiles: u32, next_a: usize,`;

/** Steps of k between two tests of the loop: the test, with the engine's stack check, costs a cycle. The lower tiles are seldom met. */
const unrolled = (mr, nr) => (mr * nr === 40 ? 8 : mr * nr >= 32 ? 4 : 2);

/** Rows after which a step is cut, so that a piece has two rows at most; the uneven row comes first. */
const cuts = (mr, vectors) => (vectors < 2 ? [] : range(mr - 1).filter((i) => (mr - i) % 2 === 1));

/**
 * A micro-kernel that broadcasts A and reads vectors of B: a run of tiles, one below the other.
 * a: "r" rows with k contiguous, "c" columns with m contiguous; b: "p" packed panel, "s" strided rows.
 */
function tile({ a, b, mr, nr }) {
  const vectors = nr / 4;
  const unroll = unrolled(mr, nr);
  const rows = range(mr);
  const columns = range(vectors);
  const loadA = (i, step) =>
    `v128.load32_splat(${a === "r" ? `a${i}${offset(4 * step)}` : `x${offset(4 * i)}`})`;
  const loadB = (j, step) => `v128.load(y${offset(16 * j + (b === "p" ? 4 * nr * step : 0))})`;
  // What moves after every step, and what moves once a round since its offsets are constants.
  const eachStep = [...(a === "c" ? ["x += lda;"] : []), ...(b === "s" ? ["y += ldb;"] : [])];
  const eachRound = (steps) => [
    ...(a === "r" ? rows.map((i) => `a${i} += ${4 * steps};`) : []),
    ...(b === "p" ? [`y += ${4 * nr * steps};`] : []),
  ];
  const peeled = rows.flatMap((i) => [
    `${i === 0 ? "let " : ""}s = ${loadA(i, 0)};`,
    ...columns.map((j) => `let c${i}${j} = madd(s, b${j}, v128.load(init${offset(16 * j)}));`),
    "init += ldi;",
  ]);
  const step = (n) => [
    ...columns.map((j) => `b${j} = ${loadB(j, n)};`),
    ...rows.flatMap((i) => [
      `s = ${loadA(i, n)};`,
      ...columns.map((j) => `c${i}${j} = madd(s, b${j}, c${i}${j});`),
      ...(cuts(mr, vectors).includes(i) ? [`if (left == NEVER - ${n * mr + i}) break;`] : []),
    ]),
    ...eachStep,
    ...(n < unroll - 1 ? [`if (left == ${n + 1}) break;`] : []),
  ];
  const stores = rows.flatMap((i) => [
    ...columns.map((j) => `v128.store(c, f32x4.pmax(c${i}${j}, least)${offset(16 * j)});`),
    "c += ldc;",
  ]);
  return [
    `export function gemm_f32_${a}${b}_${mr}x${nr}(`,
    `  ${TILE_SIGNATURE}`,
    "): void {",
    ...indent(1, [
      "while (tiles > 0) {",
      ...indent(1, [
        ...(a === "r"
          ? rows.map((i) => (i === 0 ? "let a0 = a;" : `let a${i} = a${i - 1} + lda;`))
          : ["let x = a;"]),
        "let y = b;",
        ...columns.map((j) => `let b${j} = ${loadB(j, 0)};`),
        ...peeled,
        ...eachStep,
        ...eachRound(1),
        "let left = k - 1;",
        "while (left > 0) {",
        ...indent(1, [...range(unroll).flatMap(step), ...eachRound(unroll), `left -= ${unroll};`]),
        "}",
        "const least = f32x4.splat(floor);",
        ...stores,
        "a += next_a;",
        "tiles--;",
      ]),
      "}",
    ]),
    "}",
  ].join("\n");
}

/**
 * The same for the tile that matters most, 5x8 with both operands packed, in an order that keeps four arithmetic instructions starting in
 * every cycle. It is for the plain binary; the relaxed one has arithmetic to spare.
 *
 * The steps of a round are the cases of a switch, each falling into the next. What that buys is blocks: a case begins one without an
 * instruction. A first round that is short, since k is no multiple of four, begins at a later step (`entry`); no entry is ever below 0,
 * which would name the cases inside a step. Of a row one product is made before the case and the sums after it, so that two
 * multiplications and two additions alternate. README.md says why the engine needs all this.
 */
function steady() {
  const mr = 5;
  const unroll = 12;
  const grain = 4;
  const rows = range(mr).reverse();
  let inner = 0;
  const enter = (n) => `case i32(entry < ${n + 1}):`;
  const cut = () => `case i32(entry < ${--inner}):`;
  const step = (n) => [
    ...(n > 0 && n % grain === 0 ? [cut(), `  if (left == ${n}) break;`] : []),
    enter(n),
    ...indent(1, [
      `b0 = v128.load(y${offset(32 * n)});`,
      `b1 = v128.load(y${offset(32 * n + 16)});`,
      `x = z${n === 0 ? "" : ` + ${4 * mr * n}`};`,
    ]),
    ...rows.flatMap((i) => [
      ...indent(1, [`s = v128.load32_splat(x${offset(4 * i)});`, "m = f32x4.mul(s, b0);"]),
      cut(),
      ...indent(1, [`c${i}0 = f32x4.add(m, c${i}0);`, `c${i}1 = f32x4.add(f32x4.mul(s, b1), c${i}1);`]),
    ]),
  ];
  return [
    `export function gemm_f32_tp_${mr}x8(`,
    `  ${TILE_SIGNATURE}`,
    "): void {",
    ...indent(1, [
      `const late: u32 = (0 - k) & ${grain - 1};`,
      "while (tiles > 0) {",
      ...indent(1, [
        `let z = a - late * ${4 * mr};`,
        "let x = z;",
        "let y = b - late * 32;",
        ...range(mr).flatMap((i) => [
          `let c${i}0 = v128.load(init);`,
          `let c${i}1 = v128.load(init, 16);`,
          "init += ldi;",
        ]),
        "// These only say which registers to take: with others the engine moves sums about in every step.",
        "let m = c00;",
        "let s = c00;",
        "let b0 = f32x4.splat(0);",
        "let b1 = b0;",
        "let entry: i32 = late;",
        "let left: i32 = k + late;",
        "do {",
        ...indent(1, [
          "x = z;",
          "switch (i32(1)) {",
          ...indent(1, [...range(unroll).flatMap(step), "default:"]),
          "}",
          "entry = 0;",
          `z += ${4 * mr * unroll};`,
          `y += ${32 * unroll};`,
          `left -= ${unroll};`,
        ]),
        "} while (left > 0);",
        "const least = f32x4.splat(floor);",
        ...range(mr).flatMap((i) => [
          `v128.store(c, f32x4.pmax(c${i}0, least));`,
          `v128.store(c, f32x4.pmax(c${i}1, least), 16);`,
          "c += ldc;",
        ]),
        "a += next_a;",
        "tiles--;",
      ]),
      "}",
    ]),
    "}",
  ].join("\n");
}

/** Vectors of k between two tests of a dot kernel's loop; the lower tiles are seldom met. */
const dotUnrolled = (mr) => (mr === 5 ? 4 : 1);

/**
 * A micro-kernel in which k is the vectors' direction: mr lines of P times nr lines of Q, all k-contiguous. Which of the two is A and which
 * B does not matter to it: C goes on by one step from line to line of P, by another from line to line of Q.
 */
function dot({ mr, nr }) {
  const unroll = dotUnrolled(mr);
  const lines = range(mr);
  const across = range(nr);
  const pairs = lines.flatMap((i) => across.map((j) => [i, j]));
  const move = (bytes) => [
    ...lines.map((i) => `p${i} += ${bytes};`),
    ...across.map((j) => `q${j} += ${bytes};`),
  ];
  const step = (n) => [
    ...across.map((j) => `y${j} = v128.load(q${j}${offset(16 * n)});`),
    ...lines.flatMap((i) => [
      `x = v128.load(p${i}${offset(16 * n)});`,
      ...across.map((j) => `c${i}${j} = madd(x, y${j}, c${i}${j});`),
      ...(cuts(mr, nr).includes(i) ? [`if (left == NEVER - ${n * mr + i}) break;`] : []),
    ]),
    ...(n < unroll - 1 ? [`if (left == ${n + 1}) break;`] : []),
  ];
  return [
    `export function gemm_f32_dot_${mr}x${nr}(`,
    `  ${DOT_SIGNATURE}`,
    "): void {",
    ...indent(1, [
      ...lines.map((i) => (i === 0 ? "let p0 = p;" : `let p${i} = p${i - 1} + ldp;`)),
      ...across.map((j) => (j === 0 ? "let q0 = q;" : `let q${j} = q${j - 1} + ldq;`)),
      ...pairs.map(([i, j]) => `let c${i}${j} = f32x4.splat(0);`),
      "let x = c00;",
      ...across.map((j) => `let y${j} = x;`),
      "let left = k >> 2;",
      "while (left > 0) {",
      ...indent(1, [...range(unroll).flatMap(step), ...move(16 * unroll), `left -= ${unroll};`]),
      "}",
      "const whole = <usize>(k & ~3) << 2;",
      ...lines.map((i) => (i === 0 ? "p0 = p + whole;" : `p${i} = p${i - 1} + ldp;`)),
      ...across.map((j) => (j === 0 ? "q0 = q + whole;" : `q${j} = q${j - 1} + ldq;`)),
      ...pairs.map(([i, j]) => `let s${i}${j} = sum_lanes(c${i}${j});`),
      "for (k &= 3; k > 0; k--) {",
      ...indent(1, [...pairs.map(([i, j]) => `s${i}${j} += f32.load(p${i}) * f32.load(q${j});`), ...move(4)]),
      "}",
      ...lines.flatMap((i) => [
        ...across.map((j) =>
          j === 0 ? `put(c, init, s${i}${j}, floor);` : `put(c + cq, init + initq, s${i}${j}, floor);`,
        ),
        ...(i < mr - 1 ? ["c += cp;", "init += initp;"] : []),
      ]),
    ]),
    "}",
  ].join("\n");
}

/**
 * What the wide binary has in their place: two vectors side by side become one of twice the length if nothing stands between a block's beginning and
 * its end, so no cuts, and no unrolling.
 */
function wide({ a, b, mr, nr }) {
  const rows = range(mr);
  const columns = range(nr / 4);
  return [
    `export function wide_f32_${a}${b}_${mr}x${nr}(`,
    `  ${TILE_SIGNATURE}`,
    "): void {",
    ...indent(1, [
      "while (tiles > 0) {",
      ...indent(1, [
        ...(a === "r"
          ? rows.map((i) => (i === 0 ? "let a0 = a;" : `let a${i} = a${i - 1} + lda;`))
          : ["let x = a;"]),
        "let y = b;",
        ...rows.flatMap((i) => [
          ...columns.map((j) => `let c${i}${j} = v128.load(init${offset(16 * j)});`),
          "init += ldi;",
        ]),
        "let left = k;",
        "do {",
        ...indent(1, [
          ...columns.map((j) => `const b${j} = v128.load(y${offset(16 * j)});`),
          ...rows.flatMap((i) => [
            `const s${i} = v128.load32_splat(${a === "r" ? `a${i}` : `x${offset(4 * i)}`});`,
            ...columns.map((j) => `c${i}${j} = madd(s${i}, b${j}, c${i}${j});`),
          ]),
          ...(a === "r" ? rows.map((i) => `a${i} += 4;`) : ["x += lda;"]),
          b === "p" ? `y += ${4 * nr};` : "y += ldb;",
        ]),
        "} while (--left > 0);",
        "const least = f32x4.splat(floor);",
        ...rows.flatMap((i) => [
          ...columns.map((j) => `v128.store(c, f32x4.pmax(c${i}${j}, least)${offset(16 * j)});`),
          "c += ldc;",
        ]),
        "a += next_a;",
        "tiles--;",
      ]),
      "}",
    ]),
    "}",
  ].join("\n");
}

const HEADER = `// Generated by scripts/generate-gemm.mjs; change that, run it, and commit both.
//
// gemm_f32_<a><b>_<mr>x<nr>: \`tiles\` tiles of mr rows and nr columns, C = max(init + A·B, floor) over k >= 1 steps. The tiles lie one below
// the other: from one to the next A goes on by next_a bytes, C and init by mr·ldc and mr·ldi.
//   a: "r" A's rows lie k-contiguous, lda bytes apart; "c" A's columns lie m-contiguous, lda bytes apart (packed A, or Aᵀ as it is);
//      "t" a packed tile of A, so that lda is 4·mr and not read
//   b: "p" a packed panel, nr floats a step (ldb is not read); "s" B as it is, its rows ldb bytes apart
// gemm_f32_dot_<mr>x<nr>: one tile of mr lines of P times nr lines of Q, all k-contiguous, ldp and ldq bytes apart; P's lines are rows of A
// or columns of B, Q's the others. From line to line of P, C goes on by cp and init by initp bytes, along Q by cq and initq.
//
// c, init, a, b are byte addresses; ldc, ldi, lda, ldb are bytes. init may be c, a zero row or a bias row (ldi = 0).
// floor is 0 for ReLU and -Infinity for none; NaN passes. But for dot, every output is summed in the order of k, whatever the tile.
//
// What looks odd is V8's instruction order. Inside a block it places loads first and arithmetic last; a core that starts four
// arithmetic instructions a cycle then starves, or the registers run out. A block ends at a branch, so steps are cut by ones that
// are never taken ("left == NEVER"): README.md has the figures. init instead of "if (accumulate)" is for the same reason.
import { madd } from "../math/madd";

/** No k comes near it; as a signed number it is small, and so is the instruction that compares with it. */
const NEVER: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
function sum_lanes(x: v128): f32 {
  const low = f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1);
  return low + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

// @ts-ignore: decorator
@inline
function put(c: usize, init: usize, sum: f32, floor: f32): void {
  const value = sum + f32.load(init);
  f32.store(c, value < floor ? floor : value);
}
`;

const tiles = [
  { b: "p", nr: 8, heights: [1, 2, 3, 4, 5] },
  { b: "p", nr: 12, heights: [1, 2, 3] },
  { b: "p", nr: 4, heights: [1, 2, 3, 4, 5] },
  { b: "s", nr: 8, heights: [1, 2, 3, 4, 5] },
  { b: "s", nr: 16, heights: [2] },
  { b: "s", nr: 32, heights: [1] },
].flatMap(({ b, nr, heights }) => ["r", "c"].flatMap((a) => heights.map((mr) => tile({ a, b, mr, nr }))));
const dots = [1, 2, 3, 4, 5].flatMap((mr) => [1, 2].map((nr) => dot({ mr, nr })));
const text = `${HEADER}\n${[...tiles, steady(), ...dots].join("\n\n")}\n`;
await publish("gemm/micro.gen.ts", text);

const WIDE_HEADER = `// Generated by scripts/generate-gemm.mjs; change that, run it, and commit both.
//
// wide_f32_<a><b>_<mr>x<nr>: the micro-kernels of the wide binary, with the arguments and the bits of those of micro.gen.ts.
import { madd } from "../math/madd";
`;
const wides = [
  { b: "p", widths: [4, 8, 12, 16] },
  { b: "s", widths: [8, 16] },
].flatMap(({ b, widths }) =>
  widths.flatMap((nr) => ["r", "c"].flatMap((a) => range(5).map((i) => wide({ a, b, mr: i + 1, nr })))),
);
const single = ["r", "c"].map((a) => wide({ a, b: "s", mr: 1, nr: 32 }));
await publish("gemm/wide.gen.ts", `${WIDE_HEADER}\n${[...wides, ...single].join("\n\n")}\n`);
