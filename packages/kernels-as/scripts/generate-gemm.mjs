// Writes assembly/gemm/micro.gen.ts: the micro-kernels of GEMM, one function a tile shape, since AssemblyScript has no local arrays.
// Run it after every change here and commit both files; a test compares them.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const target = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../assembly/gemm/micro.gen.ts");

const range = (n) => Array.from({ length: n }, (_, i) => i);
const offset = (bytes) => (bytes === 0 ? "" : `, ${bytes}`);
const indent = (depth, lines) => lines.map((line) => "  ".repeat(depth) + line);

const SIGNATURE =
  "c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,";

const TILE_SIGNATURE = `${SIGNATURE} tiles: u32, next: usize,`;

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
        "a += next;",
        "tiles--;",
      ]),
      "}",
    ]),
    "}",
  ].join("\n");
}

/** A micro-kernel in which k is the vectors' direction: rows of A and columns of B both k-contiguous. */
function dot({ mr, nr }) {
  const rows = range(mr);
  const columns = range(nr);
  const pairs = rows.flatMap((i) => columns.map((j) => [i, j]));
  const move = (bytes) => [
    ...rows.map((i) => `a${i} += ${bytes};`),
    ...columns.map((j) => `b${j} += ${bytes};`),
  ];
  return [
    `export function gemm_f32_dot_${mr}x${nr}(`,
    `  ${SIGNATURE}`,
    "): void {",
    ...indent(1, [
      ...rows.map((i) => (i === 0 ? "let a0 = a;" : `let a${i} = a${i - 1} + lda;`)),
      ...columns.map((j) => (j === 0 ? "let b0 = b;" : `let b${j} = b${j - 1} + ldb;`)),
      ...pairs.map(([i, j]) => `let c${i}${j} = f32x4.splat(0);`),
      "while (k >= 4) {",
      ...indent(1, [
        ...columns.map((j) => `const y${j} = v128.load(b${j});`),
        ...rows.flatMap((i) => [
          `const x${i} = v128.load(a${i});`,
          ...columns.map((j) => `c${i}${j} = madd(x${i}, y${j}, c${i}${j});`),
        ]),
        ...move(16),
        "k -= 4;",
      ]),
      "}",
      ...pairs.map(([i, j]) => `let s${i}${j} = sum_lanes(c${i}${j});`),
      "while (k > 0) {",
      ...indent(1, [
        ...pairs.map(([i, j]) => `s${i}${j} += f32.load(a${i}) * f32.load(b${j});`),
        ...move(4),
        "k--;",
      ]),
      "}",
      ...rows.flatMap((i) => [
        ...columns.map((j) => `put(c, s${i}${j} + f32.load(init${offset(4 * j)}), floor, ${4 * j});`),
        ...(i < mr - 1 ? ["c += ldc;", "init += ldi;"] : []),
      ]),
    ]),
    "}",
  ].join("\n");
}

const HEADER = `// Generated by scripts/generate-gemm.mjs; change that, run it, and commit both.
//
// gemm_f32_<a><b>_<mr>x<nr>: \`tiles\` tiles of mr rows and nr columns, one below the other, C = max(init + A·B, floor) over k >= 1 steps;
// A's next tile lies \`next\` bytes on, those of C and init follow without gaps.
//   a: "r" A's rows lie k-contiguous, lda bytes apart; "c" A's columns lie m-contiguous, lda bytes apart (packed A, or Aᵀ as it is)
//   b: "p" a packed panel, nr floats a step (ldb is not read); "s" B as it is, its rows ldb bytes apart
// gemm_f32_dot_<mr>x<nr>: one tile, for rows of A and columns of B that are both k-contiguous, lda and ldb bytes apart.
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
function put(c: usize, value: f32, floor: f32, at: usize): void {
  f32.store(c + at, value < floor ? floor : value);
}
`;

const tiles = [
  { b: "p", nr: 8, tallest: 5 },
  { b: "p", nr: 12, tallest: 3 },
  { b: "p", nr: 4, tallest: 5 },
  { b: "s", nr: 8, tallest: 5 },
  { b: "s", nr: 16, tallest: 2 },
  { b: "s", nr: 32, tallest: 1 },
].flatMap(({ b, nr, tallest }) =>
  ["r", "c"].flatMap((a) => range(tallest).map((i) => tile({ a, b, mr: i + 1, nr }))),
);
const dots = [1, 2, 3, 4].flatMap((mr) => [1, 2].map((nr) => dot({ mr, nr })));
const text = `${HEADER}\n${[...tiles, ...dots].join("\n\n")}\n`;

if (process.argv.includes("--check")) {
  if ((await readFile(target, "utf8")) !== text) {
    process.stderr.write("micro.gen.ts is not what scripts/generate-gemm.mjs writes; run it\n");
    process.exitCode = 1;
  }
} else await writeFile(target, text);
