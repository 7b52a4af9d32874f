// Real numbers as whole multiples of 2⁻¹²⁰⁰: what the float64 functions are measured against.
const BITS = 1200n;
const ONE = 1n << BITS;

/** A finite float64, exactly. */
export function fixed(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const bits = view.getBigUint64(0);
  const biased = bits >> 52n;
  const mantissa = (bits & 0xfffffffffffffn) | (biased === 0n ? 0n : 1n << 52n);
  const size = mantissa << (BITS - 1075n + (biased === 0n ? 1n : biased));
  return x < 0 ? -size : size;
}

const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;

/** Σ (−1)ⁱ / ((2i + 1)·q²ⁱ⁺¹), or without the signs. */
function arc(q: bigint, alternating: boolean): bigint {
  let power = ONE / q;
  let sum = 0n;
  for (let i = 0n; power !== 0n; i++) {
    sum += alternating && i % 2n === 1n ? -(power / (2n * i + 1n)) : power / (2n * i + 1n);
    power /= q * q;
  }
  return sum;
}

const LN2 = 2n * arc(3n, false); // ln 2 = 2·artanh(1/3)
const PI = 4n * (arc(2n, true) + arc(3n, true)); // Euler: π/4 = arctan(1/2) + arctan(1/3)

/** e^x for fixed x: the Taylor series of what is left after whole multiples of ln 2. */
export function exactExp(x: bigint): bigint {
  const n = x / LN2;
  const r = x - n * LN2;
  let term = ONE;
  let sum = 0n;
  for (let i = 1n; term !== 0n; i++) {
    sum += term;
    term = times(term, r) / i;
  }
  return n >= 0n ? sum << n : sum >> -n;
}

/** log x for a float64 x > 0, to some 300 bits: Halley's iteration from the host's own guess, each step of which triples the digits. */
export function exactLog(x: number): bigint {
  let y = fixed(Math.log(x));
  for (let i = 0; i < 2; i++) {
    const e = exactExp(y);
    y += (2n * (fixed(x) - e) * ONE) / (fixed(x) + e);
  }
  return y;
}

/** sin x (or, shifted by π/2, cos x) for fixed |x| < 2¹⁰⁰. */
export function exactSin(x: bigint): bigint {
  const turns = x / (2n * PI);
  const r = x - turns * 2n * PI;
  let term = r;
  let sum = 0n;
  for (let i = 2n; term !== 0n; i += 2n) {
    sum += term;
    term = -times(times(term, r), r) / (i * (i + 1n));
  }
  return sum;
}

export const exactCos = (x: bigint): bigint => exactSin(x + PI / 2n);

export function exactTanh(x: bigint): bigint {
  const e = exactExp(2n * x);
  return ((e - ONE) * ONE) / (e + ONE);
}

/** x^y for a float64 x > 0. */
export const exactPow = (x: number, y: number): bigint => exactExp(times(exactLog(x), fixed(y)));

/** |got − want| in units in the last place of got. */
export function ulps(got: number, want: bigint): number {
  const size = Math.max(Math.abs(got), 2 ** -1022);
  let unit = 2 ** (Math.floor(Math.log2(size)) - 52);
  if (unit * 2 ** 53 <= size) unit *= 2; // where log2 rounded up to a whole number
  if (unit * 2 ** 52 > size) unit /= 2;
  const difference = fixed(got) - want;
  return Number(((difference < 0n ? -difference : difference) << 20n) / fixed(unit)) / 2 ** 20;
}
