import { describe, expect, it } from "vitest";
import { applyScaling, maximumScaling, parseScaling, standardScaling } from "./scaling.js";

describe("scaling", () => {
  it("divides by the largest magnitude of the whole table", () => {
    expect(maximumScaling([1, -8, 4])).toEqual({ kind: "divide", by: 8 });
    expect(maximumScaling([0, 0])).toEqual({ kind: "none" });
    expect(applyScaling([1, -8, 4], { kind: "divide", by: 8 })).toEqual(Float32Array.of(0.125, -1, 0.5));
  });

  it("standardises to mean 0 and deviation 1 a feature", () => {
    const table = Array.from({ length: 300 }, (_, i) => (i % 3) * 1000 + Math.floor(i / 3) * ((i % 3) + 1));
    const scaled = applyScaling(table, standardScaling(table, 3));
    for (let j = 0; j < 3; j++) {
      const column = Array.from(scaled).filter((_, i) => i % 3 === j);
      const mean = column.reduce((a, b) => a + b) / 100;
      const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / 100;
      // Values up to 1.8 deviations from the mean, rounded thrice to 24 bits (a mean of 2000 beside a deviation of 87 is subtracted first).
      expect(Math.abs(mean)).toBeLessThan(2 ** -21);
      expect(Math.abs(variance - 1)).toBeLessThan(2 ** -20);
    }
  });

  it("keeps the digits of values that lie far from 0", () => {
    // 1e6 + 0 … 9: mean 1000004.5, which float32 does not have to the last bit; variance (10² − 1) / 12 = 8.25.
    const table = Float32Array.from({ length: 10 }, (_, i) => 1e6 + i);
    const scaled = applyScaling(table, standardScaling(table, 1));
    for (let i = 0; i < 10; i++) expect(scaled[i]).toBeCloseTo((i - 4.5) / Math.sqrt(8.25), 6);
    // 2^24 − 5 … 2^24: the mean 2^24 − 2.5 lies between two float32 numbers, and what they lack is made up for.
    const edge = Float32Array.from({ length: 6 }, (_, i) => 2 ** 24 - 5 + i);
    const whole = applyScaling(edge, standardScaling(edge, 1));
    for (let i = 0; i < 6; i++) expect(whole[i]).toBeCloseTo((i - 2.5) / Math.sqrt(35 / 12), 6);
  });

  it("keeps the form of earlier versions, to the bit, where no feature lies far from 0", () => {
    // Mean 3, deviation 2; mean −0.5, deviation 0.5: shift −1.5 and 1.
    const table = [1, 0, 5, -1];
    expect(standardScaling(table, 2)).toEqual({ kind: "features", scale: [0.5, 2], shift: [-1.5, 1] });
    expect(standardScaling([-40, -41, -42], 1)).toMatchObject({
      kind: "standard",
      center: [-41],
      shift: [0],
    });
  });

  it("makes 0 of a feature that never changes, whatever its value and however often it stands there", () => {
    // Sums of such values are rounded, so that a mean of them differs from each by a little.
    for (const samples of [3, 7, 10, 49, 891]) {
      for (const value of [0.1, 1 / 3, 1e6 + 0.1, -7.7, 1e-30, 3e38]) {
        const table = new Array(samples).fill(value);
        const scaling = standardScaling(table, 1);
        expect([samples, value, Array.from(applyScaling(table, scaling))]).toEqual([
          samples,
          value,
          new Array(samples).fill(0),
        ]);
        // Nor does a new value there explode.
        expect(applyScaling([value / 2 + 1], scaling)[0]).toBe(0);
      }
    }
    // In float64 these differ; kernels see one number.
    expect(Array.from(applyScaling([0.1 + 0.2, 0.3], standardScaling([0.1 + 0.2, 0.3], 1)))).toEqual([0, 0]);
  });

  it("stays finite for values next to 0 and at the end of the range", () => {
    for (const table of [
      [2 ** -149, 2 ** -148, 0, 3 * 2 ** -149],
      [1e-40, -1e-40, 5e-41, 0],
      [2 ** -127, 0, 0, 0],
      [3e38, -3e38, 1e38, 0],
    ]) {
      for (const scaling of [standardScaling(table, 1), maximumScaling(table)]) {
        const scaled = Array.from(applyScaling(table, scaling));
        expect(scaled.every((value) => Number.isFinite(value) && Math.abs(value) <= 2)).toBe(true);
        expect(new Set(scaled).size).toBe(new Set(table).size);
      }
    }
    // Where a float32 factor exists, the largest becomes 1: 2^-126 is the smallest normal number.
    expect(Array.from(applyScaling([2 ** -126, 2 ** -127], maximumScaling([2 ** -126, 2 ** -127])))).toEqual([
      1, 0.5,
    ]);
  });

  it("returns a copy for none", () => {
    const data = Float32Array.of(1, 2);
    const copy = applyScaling(data, { kind: "none" });
    expect([copy, copy === data]).toEqual([data, false]);
  });

  it("reads back from JSON what it wrote, and refuses the rest", () => {
    for (const scaling of [
      { kind: "none" },
      { kind: "divide", by: 255 },
      standardScaling([1, 2, 3, 5], 2),
      standardScaling([7, 8], 1),
    ]) {
      expect(parseScaling(JSON.parse(JSON.stringify(scaling)), "model")).toEqual(scaling);
    }
    for (const wrong of [
      null,
      "none",
      { kind: "divide", by: 0 },
      { kind: "features", shift: [1], scale: [] },
      { kind: "standard", shift: [1], scale: [1] },
      { kind: "standard", center: [1, 2], shift: [1], scale: [1] },
    ]) {
      expect(() => parseScaling(wrong, "model")).toThrow("damaged");
    }
    expect(() => parseScaling({ kind: "log" }, "m.safetensors")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: its input scaling must be {kind: "none"}, {kind: "divide", by}, {kind: "features", shift, scale} or {kind: "standard", center, scale, shift}; the file is damaged or was not written by Loam.]`,
    );
  });
});
