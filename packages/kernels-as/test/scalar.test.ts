import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cos, cosSmall, exp, expm1, log, pow, sin, sinSmall, tanh } from "../src/scalar/index.js";
import { exactCos, exactExp, exactLog, exactPow, exactSin, exactTanh, fixed, ulps } from "./support/exact.js";

/** Numbers with full mantissas, the same on every host: a Weyl sequence through [0, 1). */
function* fractions(count: number, seed = 0.123456789): Generator<number> {
  for (let i = 0; i < count; i++) {
    seed = (seed + 0.6180339887498949) % 1;
    yield (seed * 7919.0001) % 1;
  }
}

function worst(
  f: (x: number) => number,
  exact: (x: bigint) => bigint,
  low: number,
  high: number,
  count = 300,
): number {
  let most = 0;
  for (const t of fractions(count)) {
    const x = low + (high - low) * t;
    most = Math.max(most, ulps(f(x), exact(fixed(x))));
  }
  return most;
}

describe("float64 functions against exact arithmetic, in units in the last place", () => {
  it.each([
    [-1e-9, 1e-9],
    [-0.4, 0.4],
    [-40, 40],
    [-708, 709.7],
  ])("exp on [%f, %f]", (low, high) => expect(worst(exp, exactExp, low, high)).toBeLessThan(0.6));

  it("exp among the denormals", () => {
    for (const x of [-708.5, -720.1, -740, -744.9, -745.1]) {
      expect(Math.abs(exp(x) - Math.exp(x))).toBeLessThanOrEqual(5e-324);
    }
  });

  it.each([
    [-1e-9, 1e-9],
    [-0.4, 0.4],
    [-3, 3],
    [-40, 41],
  ])("expm1 on [%f, %f]", (low, high) =>
    expect(worst(expm1, (x) => exactExp(x) - fixed(1), low, high)).toBeLessThan(1.3),
  );

  it.each([
    [1e-310, 1e-308],
    [0.5, 2],
    [1 - 1e-9, 1 + 1e-9],
    [1e-3, 1e4],
    [1e200, 1e308],
  ])("log on [%f, %f]", (low, high) => {
    let most = 0;
    for (const t of fractions(100)) {
      const x = low + (high - low) * t;
      if (x !== 1) most = Math.max(most, ulps(log(x), exactLog(x)));
    }
    expect(most).toBeLessThan(1);
  });

  it.each([
    [-1e-9, 1e-9],
    [-0.8, 0.8],
    [-10, 10],
    [-1e6, 1e6],
    [1e6, 1e9],
    [1e15, 1e22],
  ])("sin and cos on [%f, %f]", (low, high) => {
    expect(worst(sin, exactSin, low, high)).toBeLessThan(1);
    expect(worst(cos, exactCos, low, high)).toBeLessThan(1);
  });

  it("sin and cos near multiples of π/2, where the angle cancels", () => {
    for (const n of [1, 2, 3, 4, 5, 100, 355, 12345, 636619]) {
      const x = (n * Math.PI) / 2;
      expect(ulps(sin(x), exactSin(fixed(x)))).toBeLessThan(1);
      expect(ulps(cos(x), exactCos(fixed(x)))).toBeLessThan(1);
    }
  });

  it("sinSmall and cosSmall have the same bits up to 10⁶", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (x) => {
        if (x !== 0) expect(sinSmall(x)).toBe(sin(x));
        expect(cosSmall(x)).toBe(cos(x));
      }),
      { seed: 3 },
    );
  });

  it("sin and cos of the largest float64s", () => {
    // The second is the float64 that comes nearest to a multiple of π/2: Muller, "Elementary Functions", 2nd edition, section 9.3.
    expect(sin(1e300)).toBeCloseTo(-0.8178819121159085, 15);
    expect(cos(6381956970095103 * 2 ** 797) / -4.687165924254628e-19).toBeCloseTo(1, 14);
  });

  it.each([
    [-1e-9, 1e-9],
    [-1, 1],
    [-5, 5],
    [-25, 25],
  ])("tanh on [%f, %f]", (low, high) => expect(worst(tanh, exactTanh, low, high)).toBeLessThan(2));

  it.each([
    [0.5, 2, -10, 10],
    [0.9, 1.1, -5000, 5000],
    [1e-10, 1e10, -30, 30],
    [0.9999, 1, 0, 1e6],
    [1e-300, 1e300, 0.001, 1],
  ])("pow of [%f, %f] to [%f, %f]", (xLow, xHigh, yLow, yHigh) => {
    let most = 0;
    const others = fractions(100, 0.7);
    for (const t of fractions(100)) {
      const x = xLow + (xHigh - xLow) * t;
      const y = yLow + (yHigh - yLow) * others.next().value!;
      const got = pow(x, y);
      if (got > 1e-300 && got < 1e300) most = Math.max(most, ulps(got, exactPow(x, y)));
    }
    expect(most).toBeLessThan(1);
  });
});

describe("float64 functions at their edges", () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  it("pass NaN", () => {
    for (const f of [exp, expm1, log, sin, cos, tanh]) expect(f(nan)).toBeNaN();
    expect(pow(nan, 2)).toBeNaN();
    expect(pow(2, nan)).toBeNaN();
  });

  it("meet infinity and zero as IEEE 754 says", () => {
    expect([exp(inf), exp(-inf), exp(0), exp(709.8), exp(-746)]).toEqual([inf, 0, 1, inf, 0]);
    expect([log(inf), log(0), log(1), log(-1)]).toEqual([inf, -inf, 0, nan]);
    expect([tanh(inf), tanh(-inf), tanh(-0)]).toEqual([1, -1, -0]);
    expect([sin(inf), cos(-inf), sin(-0), cos(0)]).toEqual([nan, nan, -0, 1]);
    expect([expm1(-0), expm1(-inf), expm1(inf)]).toEqual([-0, -1, inf]);
  });

  it("pow agrees with the host's special cases", () => {
    const values = [0, -0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, inf, -inf, nan, 1e300, -1e300, 1e-300];
    for (const x of values) {
      for (const y of values) {
        // ECMAScript alone makes (±1)^±∞ and 1^NaN NaN.
        const want = x === 1 || (x === -1 && Math.abs(y) === inf) ? 1 : x ** y;
        const got = pow(x, y);
        if (Number.isFinite(want) && want !== 0) expect(Math.abs(got / want - 1)).toBeLessThan(4e-16);
        else expect(got).toEqual(want);
      }
    }
  });
});
