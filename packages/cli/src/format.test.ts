import { expect, test } from "vitest";
import { showCount, showDuration, showElapsed, showLoss, showPercent } from "./format.js";

test("counts have commas between thousands", () => {
  expect([0, 999, 1000, 54_410, 1_234_567.4].map(showCount)).toEqual([
    "0",
    "999",
    "1,000",
    "54,410",
    "1,234,567",
  ]);
});

test("percentages are cut, so that what is not perfect never reads 100 %", () => {
  expect(showPercent(0.98654)).toBe("98.65 %");
  expect(showPercent(0.99999)).toBe("99.99 %");
  expect(showPercent(1)).toBe("100.00 %");
  expect(showPercent(0.29, 0)).toBe("29 %");
  expect(showPercent(0.57, 1)).toBe("57.0 %");
  expect(showPercent(Number.NaN)).toBe("– %");
});

test("losses keep four digits after the point, or their power of ten", () => {
  expect([0, 0.12345, -2, 12345.678].map(showLoss)).toEqual(["0.0000", "0.1235", "-2.0000", "12345.6780"]);
  expect([1e-5, 123456, Number.POSITIVE_INFINITY, Number.NaN].map(showLoss)).toEqual([
    "1.000e-5",
    "1.235e+5",
    "Infinity",
    "NaN",
  ]);
});

test("durations count up to the next second", () => {
  expect([0, 0.2, 59.5, 75, 3700].map(showDuration)).toEqual(["0:00", "0:01", "1:00", "1:15", "1:01:40"]);
  expect([Number.POSITIVE_INFINITY, Number.NaN, -1].map(showDuration)).toEqual(["–:––", "–:––", "–:––"]);
  expect([0.834, 12.44, 130].map(showElapsed)).toEqual(["0.83 s", "12.4 s", "2:10"]);
});
