// Writes assembly/conv/winograd.gen.ts: the micro-kernels of Winograd's products, and its transforms of four channels at a time.
// Run it after every change here and commit both files; a test compares them.
import { HALVES, indent, offset, publish, range } from "./kernel-source.mjs";

// ---- products ----

/** Rows after which a step is cut, so that a piece has two rows at most (see assembly/gemm/README.md, "What made it fast"). */
const cuts = (mr) => range(mr - 1).filter((i) => (mr - i) % 2 === 1);
/** Steps between two tests of the loop: the rows have K in fours. Eight were no faster. */
const UNROLL = 4;

const multiply = (mr, splat, never) =>
  range(mr).flatMap((i) => [
    `s = v128.load32_splat(${splat(i)});`,
    ...HALVES.map((j) => `c${i}${j} = madd(s, b${j}, c${i}${j});`),
    ...(cuts(mr).includes(i) ? [never()] : []),
  ]);
const storeTile = (mr) =>
  range(mr).flatMap((i) => HALVES.map((j) => `v128.store(c, c${i}${j}${offset(32 * i + 16 * j)});`));
const counter = () => {
  let count = 0;
  return () => `if (left == NEVER - ${count++}) break;`;
};

/** Rows of V times a panel of U. */
function rowsKernel(mr) {
  const never = counter();
  const step = (n) => [
    ...HALVES.map((j) => `b${j} = v128.load(y${offset(32 * n + 16 * j)});`),
    ...multiply(mr, (i) => `a${i}${offset(4 * n)}`, never),
    ...(n === UNROLL - 1 ? [] : [never()]),
  ];
  return [
    `export function winograd_rows_${mr}x8(c: usize, a: usize, lda: usize, b: usize, k: u32, tiles: u32): void {`,
    ...indent(1, [
      "while (tiles > 0) {",
      ...indent(1, [
        "let a0 = a;",
        ...range(mr - 1).map((i) => `let a${i + 1} = a${i} + lda;`),
        `a = a${mr - 1} + lda;`,
        "let y = b;",
        "let s: v128, b0: v128, b1: v128;",
        ...range(mr).flatMap((i) => HALVES.map((j) => `let c${i}${j} = f32x4.splat(0);`)),
        "let left = k;",
        "while (left > 0) {",
        ...indent(1, [
          ...range(UNROLL).flatMap(step),
          ...range(mr).map((i) => `a${i} += ${4 * UNROLL};`),
          `y += ${32 * UNROLL};`,
          `left -= ${UNROLL};`,
        ]),
        "}",
        ...storeTile(mr),
        `c += ${32 * mr};`,
        "tiles--;",
      ]),
      "}",
    ]),
    "}",
  ];
}

/** Columns of V times a panel of W, on top of what lies at init: the sums themselves, or zeros. */
function columnsKernel(mr) {
  const never = counter();
  const loadB = HALVES.map((j) => `b${j} = v128.load(y${offset(16 * j)});`);
  const move = ["x += lda;", "y += ldb;"];
  return [
    `export function winograd_columns_${mr}x8(`,
    "  c: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, tiles: u32,",
    "): void {",
    ...indent(1, [
      "while (tiles > 0) {",
      ...indent(1, [
        "let x = a;",
        "let y = b;",
        ...loadB.map((text) => `let ${text}`),
        ...range(mr).flatMap((i) => [
          `${i === 0 ? "let " : ""}s = v128.load32_splat(x${offset(4 * i)});`,
          ...HALVES.map((j) => `let c${i}${j} = madd(s, b${j}, v128.load(init${offset(32 * i + 16 * j)}));`),
        ]),
        ...move,
        "let left = k - 1;",
        "while (left > 0) {",
        ...indent(1, [
          ...range(UNROLL).flatMap((n) => [
            ...loadB,
            ...multiply(mr, (i) => `x${offset(4 * i)}`, never),
            ...move,
            ...(n < UNROLL - 1 ? [`if (left == ${n + 1}) break;`] : []),
          ]),
          `left -= ${UNROLL};`,
        ]),
        "}",
        ...storeTile(mr),
        `c += ${32 * mr};`,
        "init += ldi;",
        `a += ${4 * mr};`,
        "tiles--;",
      ]),
      "}",
    ]),
    "}",
  ];
}

// ---- transforms ----
//
// A 1-D transform: `in` values named by a letter and their number, some steps, and its results as expressions. `four` is 4 in all lanes,
// p and q scale a tile of two inside F(4x4) (see the README).

const add = (a, b) => `f32x4.add(${a}, ${b})`;
const sub = (a, b) => `f32x4.sub(${a}, ${b})`;
const mul = (a, b) => `f32x4.mul(${a}, ${b})`;
const madd = (a, b, c) => `madd(${a}, ${b}, ${c})`;

/** Bᵀ, of m + 2 inputs. */
const INPUT = {
  4: {
    letter: "d",
    inputs: 6,
    steps: [
      ["c", sub("d4", "d2")],
      ["e", sub("d3", "d1")],
      ["e2", add("e", "e")],
      ["a", madd("d2", "minus", "d4")],
      ["b", madd("d1", "minus", "d3")],
    ],
    results: [
      madd(sub("d0", "d2"), "four", "c"),
      add("a", "b"),
      sub("a", "b"),
      add("c", "e2"),
      sub("c", "e2"),
      madd("e", "minus", sub("d5", "d3")),
    ],
  },
  2: {
    letter: "d",
    inputs: 4,
    steps: [],
    results: [
      mul("p", sub("d0", "d2")),
      mul("q", add("d1", "d2")),
      mul("q", sub("d2", "d1")),
      sub("d3", "d1"),
    ],
  },
};

/** Aᵀ, to m outputs. */
const OUTPUT = {
  4: {
    letter: "m",
    inputs: 6,
    steps: [
      ["s", add("m1", "m2")],
      ["d", sub("m1", "m2")],
      ["t", add("m3", "m4")],
      ["e", sub("m3", "m4")],
      ["e2", add("e", "e")],
    ],
    results: [
      add(add("m0", "s"), "t"),
      add("d", "e2"),
      madd("t", "four", "s"),
      add(madd("e2", "four", "d"), "m5"),
    ],
  },
  2: {
    letter: "m",
    inputs: 4,
    steps: [],
    results: [add("m0", add("m1", "m2")), add(sub("m1", "m2"), "m3")],
  },
};

/** A, the transpose of Aᵀ. */
const OUTPUT_GRAD = {
  4: {
    letter: "y",
    inputs: 4,
    steps: [
      ["even", add("y0", "y2")],
      ["odd", add("y1", "y3")],
      ["even4", madd("y2", "four", "y0")],
      ["odd4", madd("y3", "four", "y1")],
      ["odd8", add("odd4", "odd4")],
    ],
    results: ["y0", add("even", "odd"), sub("even", "odd"), add("even4", "odd8"), sub("even4", "odd8"), "y3"],
  },
  2: { letter: "y", inputs: 2, steps: [], results: ["y0", add("y0", "y1"), sub("y0", "y1"), "y1"] },
};

/** B, the transpose of Bᵀ. */
const INPUT_GRAD = {
  4: {
    letter: "m",
    inputs: 6,
    steps: [
      ["s", add("m1", "m2")],
      ["d", sub("m1", "m2")],
      ["t", add("m3", "m4")],
      ["e", sub("m3", "m4")],
      ["e2", add("e", "e")],
      ["r", add("m0", "s")],
      ["u", sub("m5", "d")],
    ],
    results: [
      mul("m0", "four"),
      sub(mul("u", "four"), "e2"),
      sub(mul("r", "minus"), add("m0", "t")),
      madd("m5", "minus", sub("e2", "u")),
      add("r", "t"),
      "m5",
    ],
  },
  2: {
    letter: "m",
    inputs: 4,
    steps: [["v", mul("p", "m0")]],
    results: ["v", sub(mul("q", sub("m1", "m2")), "m3"), sub(mul("q", add("m1", "m2")), "v"), "m3"],
  },
};

/** G, of three taps. */
const KERNEL = {
  4: {
    letter: "g",
    inputs: 3,
    steps: [
      ["s", add("g0", "g2")],
      ["even", mul(madd("g2", "four", "g0"), "f32x4.splat(<f32>(1.0 / 24.0))")],
      ["odd", mul("g1", "f32x4.splat(<f32>(1.0 / 12.0))")],
    ],
    results: [
      mul("g0", "f32x4.splat(0.25)"),
      mul(add("s", "g1"), "f32x4.splat(<f32>(-1.0 / 6.0))"),
      mul(sub("g1", "s"), "f32x4.splat(<f32>(1.0 / 6.0))"),
      add("even", "odd"),
      sub("even", "odd"),
      "g2",
    ],
  },
  2: {
    letter: "g",
    inputs: 3,
    steps: [["s", add("g0", "g2")]],
    results: ["g0", mul(add("s", "g1"), "f32x4.splat(0.5)"), mul(sub("s", "g1"), "f32x4.splat(0.5)"), "g2"],
  },
};

/** Gᵀ. */
const KERNEL_GRAD = {
  4: {
    letter: "u",
    inputs: 6,
    steps: [
      ["sixth", "f32x4.splat(<f32>(1.0 / 6.0))"],
      ["quarter", "f32x4.splat(0.25)"],
      ["s", add("u1", "u2")],
      ["t", add("u3", "u4")],
    ],
    results: [
      madd("u0", "quarter", mul(sub(mul("t", "quarter"), "s"), "sixth")),
      mul(madd(sub("u3", "u4"), "f32x4.splat(0.5)", sub("u2", "u1")), "sixth"),
      madd(sub("t", "s"), "sixth", "u5"),
    ],
  },
  2: {
    letter: "u",
    inputs: 4,
    steps: [
      ["half", "f32x4.splat(0.5)"],
      ["s", mul(add("u1", "u2"), "half")],
    ],
    results: [add("u0", "s"), mul(sub("u1", "u2"), "half"), add("s", "u3")],
  },
};

/**
 * What a transform takes at a time: four channels, or eight as two vectors side by side, which V8 merges into one of twice the length where it is told
 * to. For that all loads come first, and every store beside its other half. `size` and `row`: bytes of a column and of a row of the desk's block.
 */
const variant = (vectors, suffix) => ({
  halves: range(vectors),
  size: 16 * vectors,
  row: 96 * vectors,
  suffix,
});
const FOUR = variant(1, "");
const EIGHT = variant(2, "_8");

/** One transform: `load` names where value k comes from, `store` the statement that takes result k, both for a half; `tag` keeps two apart. */
function transform({ halves }, { letter, inputs, steps, results }, load, store, tag = "") {
  const names = [...range(inputs).map((k) => letter + k), ...steps.map(([name]) => name)];
  const own = (half) => tag + ["", "w"][half];
  const tagged = (text, half) =>
    own(half) === ""
      ? text
      : text.replace(/\b[a-z]+\d*\b/g, (word) => (names.includes(word) ? word + own(half) : word));
  const each = (make) => halves.map(make);
  return [
    ...range(inputs).flatMap((k) => each((h) => `const ${letter}${k}${own(h)} = ${load(k, h)};`)),
    ...steps.flatMap(([name, value]) => each((h) => `const ${name}${own(h)} = ${tagged(value, h)};`)),
    ...results.flatMap((value, k) => each((h) => store(k, tagged(value, h), h))),
  ];
}

const fromRow = (v) => (k, h) => `v128.load(at${offset(v.size * k + 16 * h)})`;
const intoColumn = (v) => (k, value, h) => `v128.store(put, ${value}${offset(v.row * k + 16 * h)});`;
/** Results along a row of frequencies: the last one of a tile of two lies at the end. */
const intoFrequencies = (m) => (k, value, h) =>
  m === 2 && k === 3
    ? `v128.store(to_f + last, ${value}${offset(16 * h)});`
    : `v128.store(to_f${["", " + step", " + step2", " + step3", " + step4", " + step5"][k]}, ${value}${offset(16 * h)});`;
const choose = (condition, yes, no) => [
  `if (${condition}) {`,
  ...indent(1, yes),
  "} else {",
  ...indent(1, no),
  "}",
];
const loop = (condition, body) => [`while (${condition}) {`, ...indent(1, body), "}"];
const CONSTANTS = ["const four = constant(FACTORS, 0);", "const minus = constant(FACTORS, 4);"];
const SCALES = [
  "const p = constant(FACTORS, n == 6 ? 8 : 16);",
  "const q = constant(FACTORS, n == 6 ? 12 : 20);",
];

/** The second pass on the way in: the rows of the desk's block into the frequencies' matrices. */
function intoMatrices(v, kind) {
  const pass = (m) => transform(v, kind[m], fromRow(v), intoFrequencies(m));
  return [
    "let at = t;",
    "let to_f = to + c;",
    "let left = my + 2;",
    ...loop("left > 0", [
      ...choose("mx == 4", pass(4), pass(2)),
      `at += ${v.row};`,
      "left--;",
      "to_f += left == 1 ? far : row;",
    ]),
  ];
}
const MATRIX_STEPS = [
  "const step2 = step << 1;",
  "const step3 = step2 + step;",
  "const step4 = step << 2;",
  "const step5 = step4 + step;",
  "const last = step * (n - 1);",
  "const row = step * n;",
  "const far = my == 2 ? row * (n - 3) : row;",
];

function inputTransform(v) {
  const down = (m) =>
    loop("put < stop", [
      ...transform(v, INPUT[m], (k, h) => `v128.load(x${k}${offset(16 * h)})`, intoColumn(v)),
      ...range(m + 2).map((k) => `x${k} += pixel;`),
      `put += ${v.size};`,
    ]);
  return [
    "/** to[frequency] = Bᵀ·d·B for all channels, pixels `pixel` apart. desk: rows of d; columns first to last are there, the block's others are zeros. */",
    `export function winograd_input${v.suffix}(`,
    "  to: usize, step: usize, n: u32, my: u32, mx: u32, line: usize, pixel: usize, first: u32, last_column: u32, desk: usize,",
    "): void {",
    ...indent(1, [
      "const t = desk + BLOCK;",
      `const stop = t + (<usize>last_column << ${3 + v.halves.length});`,
      ...CONSTANTS,
      ...SCALES,
      ...MATRIX_STEPS,
      `for (let c: usize = 0; c < line; c += ${v.size}) {`,
      ...indent(1, [
        "const skip = c + pixel * first;",
        ...range(4).map((k) => `let x${k} = <usize>load<u32>(desk${offset(4 * k)}) + skip;`),
        `let put = t + (<usize>first << ${3 + v.halves.length});`,
        ...choose(
          "my == 4",
          [...[4, 5].map((k) => `let x${k} = <usize>load<u32>(desk${offset(4 * k)}) + skip;`), ...down(4)],
          down(2),
        ),
        ...intoMatrices(v, INPUT),
      ]),
      "}",
    ]),
    "}",
  ];
}

/** The first pass on the way out: the columns of M, four channels of one tile, into the desk's block. */
function down(v, name, formula, kind) {
  const pass = (m) => transform(v, kind[m], (k, h) => `v128.load(m${k}_${offset(16 * h)})`, intoColumn(v));
  return [
    `/** ${formula} down the columns of M for ${["four", "eight"][v.halves.length - 1]} channels of a tile, into the desk's block. */`,
    `export function ${name}${v.suffix}(from: usize, step: usize, n: u32, my: u32, mx: u32, desk: usize): void {`,
    ...indent(1, [
      ...CONSTANTS,
      ...(kind === INPUT_GRAD ? SCALES : []),
      "let put = desk + BLOCK;",
      "const row = step * n;",
      "const far = mx == 2 ? step * (n - 3) : step;",
      "let m0_ = from;",
      "let m1_ = m0_ + row;",
      "let m2_ = m1_ + row;",
      "let left = mx + 2;",
      ...choose(
        "my == 4",
        [
          "let m3_ = m2_ + row;",
          "let m4_ = m3_ + row;",
          "let m5_ = m4_ + row;",
          ...loop("left > 0", [
            ...pass(4),
            "left--;",
            "const next = left == 1 ? far : step;",
            ...range(6).map((k) => `m${k}_ += next;`),
            `put += ${v.size};`,
          ]),
        ],
        [
          "let m3_ = from + row * (n - 1);",
          ...loop("left > 0", [
            ...pass(2),
            "left--;",
            "const next = left == 1 ? far : step;",
            ...range(4).map((k) => `m${k}_ += next;`),
            `put += ${v.size};`,
          ]),
        ],
      ),
    ]),
    "}",
  ];
}

/** A row of outputs. The bias enters at the point 1, whose value is part of every output once. */
const outputRow = (v, m, base, tag, store) =>
  transform(
    v,
    OUTPUT[m],
    (k, h) => {
      const loaded = `v128.load(at${offset(base + v.size * k + 16 * h)})`;
      return k === 1 ? add(loaded, `b${["", "w"][h]}`) : loaded;
    },
    store,
    tag,
  );

function outputStore(v) {
  const stores = (m) =>
    outputRow(v, m, 0, "", (k, value, h) => {
      const put = `v128.store(${k === 0 ? "y" : k === 1 ? "y + line" : `y + ${k} * line`}, f32x4.pmax(${value}, least)${offset(16 * h)});`;
      if (k < m - 1) return put;
      // Both halves behind one test.
      const last = h === v.halves.length - 1;
      return `${h === 0 ? `if (columns == ${m}) ${last ? "" : "{ "}` : ""}${put}${last && h > 0 ? " }" : ""}`;
    });
  return [
    "/** y = max(Aᵀ·block + bias, floor), `rows` rows `pitch` apart of `columns` pixels `line` apart: the tile's mx, or one less. */",
    `export function winograd_store${v.suffix}(`,
    "  y: usize, line: usize, pitch: usize, mx: u32, rows: u32, columns: u32, bias: usize, floor: f32, desk: usize,",
    "): void {",
    ...indent(1, [
      "let at = desk + BLOCK;",
      CONSTANTS[0],
      ...v.halves.map((h) => `const b${["", "w"][h]} = v128.load(bias${offset(16 * h)});`),
      "const least = f32x4.splat(floor);",
      ...loop("rows > 0", [
        ...choose("mx == 4", stores(4), stores(2)),
        `at += ${v.row};`,
        "y += pitch;",
        "rows--;",
      ]),
    ]),
    "}",
  ];
}

function outputPool() {
  const named = (tag) => (k, value) => `const y${k}${tag} = ${value};`;
  const rows = (m) => [
    ...outputRow(FOUR, m, 0, "u", named("u")),
    ...outputRow(FOUR, m, FOUR.row, "l", named("l")),
  ];
  return [
    "/** y and argmax: the 2x2 pooling of Aᵀ·block + bias after ReLU (pooled.ts), rows `pitch` values apart of pixels `filters` values apart. */",
    "export function winograd_pool(",
    "  y: usize, argmax: usize, filters: usize, pitch: usize, my: u32, mx: u32, bias: usize, desk: usize,",
    "): void {",
    ...indent(1, [
      "let at = desk + BLOCK;",
      CONSTANTS[0],
      "const b = v128.load(bias);",
      ...loop("my > 0", [
        ...choose(
          "mx == 4",
          [
            ...rows(4),
            "pool_four(y, argmax, y0u, y1u, y0l, y1l);",
            "pool_four(y + (filters << 2), argmax + filters, y2u, y3u, y2l, y3l);",
          ],
          [...rows(2), "pool_four(y, argmax, y0u, y1u, y0l, y1l);"],
        ),
        `at += ${2 * FOUR.row};`,
        "y += pitch << 2;",
        "argmax += pitch;",
        "my -= 2;",
      ]),
    ]),
    "}",
  ];
}

function outputGrad(v) {
  const halves = ["", "w"].slice(0, v.halves.length);
  const down = (m) =>
    loop("put < stop", [
      ...transform(v, OUTPUT_GRAD[m], (k, h) => `v128.load(y${k}_${offset(16 * h)})`, intoColumn(v)),
      ...range(m).flatMap((k) => halves.map((w) => `total${w} = f32x4.add(total${w}, y${k}${w});`)),
      ...range(m).map((k) => `y${k}_ += line;`),
      `put += ${v.size};`,
    ]);
  return [
    "/** to[frequency] = A·dY·Aᵀ for all filters. desk: rows of dY, of which `columns` columns are there; db, if not 0, grows by its sum. */",
    `export function winograd_output_grad${v.suffix}(`,
    "  to: usize, step: usize, n: u32, my: u32, mx: u32, line: usize, columns: u32, db: usize, desk: usize,",
    "): void {",
    ...indent(1, [
      "const t = desk + BLOCK;",
      `const stop = t + (<usize>columns << ${3 + v.halves.length});`,
      CONSTANTS[0],
      ...MATRIX_STEPS,
      `for (let c: usize = 0; c < line; c += ${v.size}) {`,
      ...indent(1, [
        ...halves.map((w, h) => `let total${w} = db == 0 ? four : v128.load(db + c${offset(16 * h)});`),
        ...range(2).map((k) => `let y${k}_ = <usize>load<u32>(desk${offset(4 * k)}) + c;`),
        "let put = t;",
        ...choose(
          "my == 4",
          [...[2, 3].map((k) => `let y${k}_ = <usize>load<u32>(desk${offset(4 * k)}) + c;`), ...down(4)],
          down(2),
        ),
        ...(v.halves.length === 1
          ? ["if (db != 0) v128.store(db + c, total);"]
          : ["if (db != 0) {", "  v128.store(db + c, total);", "  v128.store(db + c, totalw, 16);", "}"]),
        ...intoMatrices(v, OUTPUT_GRAD),
      ]),
      "}",
    ]),
    "}",
  ];
}

function inputGradAdd(v) {
  const pass = (m) => {
    const values = [];
    return transform(v, INPUT_GRAD[m], fromRow(v), (k, value, h) => {
      const at = k === 0 ? "dx" : k === 1 ? "dx + line" : `dx + ${k} * line`;
      const sum = (half) => add(`v128.load(${at}${offset(16 * half)})`, values[half]);
      values[h] = value;
      if (v.halves.length === 1) return `if (columns & ${1 << k}) v128.store(${at}, ${sum(0)});`;
      if (h === 0) return [];
      return [
        `if (columns & ${1 << k}) {`,
        `  const s = ${sum(0)};`,
        `  const sw = ${sum(1)};`,
        `  v128.store(${at}, s);`,
        `  v128.store(${at}, sw, 16);`,
        "}",
      ];
    }).flat();
  };
  return [
    "/** dx += block·Bᵀ, rows top to bottom of the tile, which are `pitch` apart; columns: a bit for each column that is inside the image. */",
    `export function winograd_add${v.suffix}(`,
    "  dx: usize, line: usize, pitch: usize, n: u32, mx: u32, top: u32, bottom: u32, columns: u32, desk: usize,",
    "): void {",
    ...indent(1, [
      ...CONSTANTS,
      ...SCALES,
      `let at = desk + BLOCK + ${v.row} * <usize>top;`,
      `const stop = desk + BLOCK + ${v.row} * <usize>bottom;`,
      "dx += pitch * top;",
      ...loop("at < stop", [...choose("mx == 4", pass(4), pass(2)), `at += ${v.row};`, "dx += pitch;"]),
    ]),
    "}",
  ];
}

/** Three taps a side and n frequencies, in one function for n = 6 and 4; both passes through the desk's block. */
function small(doc, head, first, second) {
  const both = (m) => ["let put = desk + BLOCK;", ...first(m), "let at = desk + BLOCK;", ...second(m)];
  return [doc, head, ...indent(1, [CONSTANTS[0], ...choose("n == 6", both(4), both(2))]), "}"];
}

const kernel = () =>
  small(
    "/** The desk's values = G·g·Gᵀ for four filters, of nine taps `by` apart. */",
    "export function winograd_kernel(g: usize, by: usize, n: u32, desk: usize): void {",
    (m) => [
      "for (let j: usize = 0; j < 3; j++) {",
      ...indent(1, [
        ...transform(
          FOUR,
          KERNEL[m],
          (k) => `v128.load(g${k === 0 ? "" : ` + ${3 * k} * by`})`,
          intoColumn(FOUR),
        ),
        "g += by;",
        "put += 16;",
      ]),
      "}",
    ],
    (m) => [
      `for (let i: u32 = 0; i < ${m + 2}; i++) {`,
      ...indent(1, [
        ...transform(
          FOUR,
          KERNEL[m],
          fromRow(FOUR),
          (k, value) => `v128.store(at, ${value}, VALUES - BLOCK + ${16 * k});`,
        ),
        `at += ${FOUR.row};`,
      ]),
      "}",
    ],
  );

const kernelGrad = () =>
  small(
    "/** Nine taps of dg, `by` apart, = Gᵀ·dU·G for four filters, of the desk's values. */",
    "export function winograd_kernel_grad(dg: usize, by: usize, n: u32, desk: usize): void {",
    (m) => [
      `for (let j: usize = 0; j < ${m + 2}; j++) {`,
      ...indent(1, [
        ...transform(
          FOUR,
          KERNEL_GRAD[m],
          (k) => `v128.load(put, VALUES - BLOCK + ${FOUR.row * k})`,
          intoColumn(FOUR),
        ),
        "put += 16;",
      ]),
      "}",
    ],
    (m) => [
      "for (let i: u32 = 0; i < 3; i++) {",
      ...indent(1, [
        ...transform(
          FOUR,
          KERNEL_GRAD[m],
          fromRow(FOUR),
          (k, value) => `v128.store(dg${k === 0 ? "" : ` + ${k} * by`}, ${value});`,
        ),
        `at += ${FOUR.row};`,
        "dg += 3 * by;",
      ]),
      "}",
    ],
  );

const HEADER = `// Generated by scripts/generate-winograd.mjs; change that, run it, and commit both.
//
// Products. winograd_rows_<mr>x8: \`tiles\` times mr rows of C [rows][8] = A·B, rows of A lda apart, B [k][8], k a multiple of 4.
// winograd_columns_<mr>x8: C [rows][8] = init + Aᵀ·B, lines of A and B lda and ldb apart, k >= 1; init goes on by ldi with every tile. Sums run in the order of k.
// Blocks are cut by branches that are never taken, as in ../gemm/micro.gen.ts.
//
// Transforms, 2-D, of four channels at a time: one pass through the desk's block, [6][6] vectors, and one out of it; those that end in _8 take
// eight, for the wide binary, whose block is [6][6] pairs of vectors. Addresses and steps are bytes. n: frequencies along a side, 6 or 4; my, mx: the tile's outputs down and across, 4 or 2. See winograd-desk.ts and README.md.
import { constant } from "../math/constant";
import { madd } from "../math/madd";
import { pool_four } from "./pooled";
import { BLOCK, VALUES } from "./winograd-desk";

/** No k comes near it; as a signed number it is small, and so is the instruction that compares with it. */
const NEVER: u32 = 0xffffffff;

/** 4 and −4; then what scales a tile of two's points 0 and ±1, where the kernel's transform is F(4x4)'s, and F(2x2)'s own. */
const FACTORS = memory.data<f32>([4, -4, 4, -3, 1, 1]);
`;

const transforms = (v) => [
  inputTransform(v),
  down(v, "winograd_output_down", "Aᵀ", OUTPUT),
  outputStore(v),
  outputGrad(v),
  down(v, "winograd_input_grad_down", "B", INPUT_GRAD),
  inputGradAdd(v),
];
const functions = [
  rowsKernel(5),
  rowsKernel(4),
  columnsKernel(4),
  ...transforms(FOUR),
  outputPool(),
  kernel(),
  kernelGrad(),
  ...transforms(EIGHT),
];
const text = `${HEADER}\n${functions.map((f) => f.join("\n")).join("\n\n")}\n`;
await publish("conv/winograd.gen.ts", text);
