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
      // A feature near 2000 with deviation 87 has coefficients of relative error 2^-24, so 2000/87 · 2^-23 in the result.
      expect(Math.abs(mean)).toBeLessThan((2000 / 87) * 2 ** -23);
      expect(Math.abs(variance - 1)).toBeLessThan(1e-5);
    }
  });

  it("returns a copy for none", () => {
    const data = Float32Array.of(1, 2);
    const copy = applyScaling(data, { kind: "none" });
    expect([copy, copy === data]).toEqual([data, false]);
  });

  it("reads back from JSON what it wrote, and refuses the rest", () => {
    for (const scaling of [{ kind: "none" }, { kind: "divide", by: 255 }, standardScaling([1, 2, 3, 5], 2)]) {
      expect(parseScaling(JSON.parse(JSON.stringify(scaling)), "model")).toEqual(scaling);
    }
    for (const wrong of [
      null,
      "none",
      { kind: "divide", by: 0 },
      { kind: "features", shift: [1], scale: [] },
    ]) {
      expect(() => parseScaling(wrong, "model")).toThrow("damaged");
    }
    expect(() => parseScaling({ kind: "log" }, "m.safetensors")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: its input scaling must be {kind: "none"}, {kind: "divide", by} or {kind: "features", shift, scale}; the file is damaged or was not written by Loam.]`,
    );
  });
});
