// What a map computes of a, b and c, element by element: AssemblyScript over vectors of four, by name. A new function is one line here; what it
// needs of other files is in scripts/generate-functions.mjs.

const answer = (mask) => `v128.and(${mask}, f32x4.splat(1))`; // comparisons answer 1 or 0
const ZERO = "f32x4.splat(0)";

export const one = {
  copy: "a",
  neg: "f32x4.neg(a)",
  abs: "f32x4.abs(a)",
  sign: "sign4(a)",
  square: "f32x4.mul(a, a)",
  sqrt: "f32x4.sqrt(a)",
  rsqrt: "f32x4.div(f32x4.splat(1), f32x4.sqrt(a))",
  reciprocal: "f32x4.div(f32x4.splat(1), a)",
  exp: "exp4(a)",
  expm1: "expm1_4(a)",
  log: "log4(a)",
  log1p: "log1p_4(a)",
  erf: "erf4(a)",
  sin: "sin4(a)",
  cos: "cos4(a)",
  tanh: "tanh4(a)",
  sigmoid: "sigmoid4(a)",
  relu: "relu4(a)",
  floor: "f32x4.floor(a)",
  ceil: "f32x4.ceil(a)",
  round: "f32x4.nearest(a)",
  not: answer(`f32x4.eq(a, ${ZERO})`),
  convert: "f32x4.convert_i32x4_u(a)",
};

export const two = {
  add: "f32x4.add(a, b)",
  sub: "f32x4.sub(a, b)",
  mul: "f32x4.mul(a, b)",
  div: "f32x4.div(a, b)",
  max: "f32x4.max(a, b)",
  min: "f32x4.min(a, b)",
  lt: answer("f32x4.lt(a, b)"),
  le: answer("f32x4.le(a, b)"),
  gt: answer("f32x4.gt(a, b)"),
  ge: answer("f32x4.ge(a, b)"),
  eq: answer("f32x4.eq(a, b)"),
  ne: answer("f32x4.ne(a, b)"),
  and: answer(`v128.and(f32x4.ne(a, ${ZERO}), f32x4.ne(b, ${ZERO}))`),
  or: answer(`v128.or(f32x4.ne(a, ${ZERO}), f32x4.ne(b, ${ZERO}))`),
};

export const three = {
  where: `v128.bitselect(b, c, f32x4.ne(a, ${ZERO}))`,
  madd: "madd(a, b, c)",
  // Two in one turn of a loop, each rounded: what is between them needs no memory. src/map/simplify.ts makes them of products, sums and differences.
  msub: "f32x4.sub(f32x4.mul(a, b), c)",
  nmadd: "f32x4.sub(c, f32x4.mul(a, b))",
  mul_mul: "f32x4.mul(f32x4.mul(a, b), c)",
  add_mul: "f32x4.mul(f32x4.add(a, b), c)",
  sub_mul: "f32x4.mul(f32x4.sub(a, b), c)",
};
