import { decodeSafetensors, encodeSafetensors } from "@loam/nn";
import { expect, test } from "vitest";
import { inHalfPrecision } from "../scripts/half-precision.mjs";

// IEEE 754 binary16 has 11 bits of precision from 2^-14 to 65,504, and steps of 2^-24 below.
const ROUNDED = [
  [1 / 3, 0.333251953125],
  [-0.1, -0.0999755859375],
  // Halfway between two numbers: to the even one.
  [1 + 2 ** -11, 1],
  [1 + 3 * 2 ** -11, 1 + 2 ** -9],
  // Up into the next power of two.
  [2 - 2 ** -12, 2],
  [65504, 65504],
  [2 ** -24, 2 ** -24],
  [2 ** -25, 0],
  [3 * 2 ** -25, 2 ** -23],
  [2 ** -14 - 2 ** -26, 2 ** -14],
  [0, 0],
  [-0, -0],
] as const;

test("weights are rounded to the nearest half, ties to even, and names, shapes and what the file says of itself stay", () => {
  const data = Float32Array.from(ROUNDED, ([value]) => value);
  const tensors = new Map([
    ["dense/kernel", { data, shape: [4, 3] }],
    ["dense/bias", { data: Float32Array.of(0.5), shape: [1] }],
  ]);
  const metadata = { "loam.model": "{}" };
  const file = encodeSafetensors({ tensors, metadata });
  const half = inHalfPrecision(file);
  const read = decodeSafetensors(half);
  expect(read.metadata).toEqual(metadata);
  expect([...read.tensors.keys()]).toEqual(["dense/kernel", "dense/bias"]);
  const kernel = read.tensors.get("dense/kernel")!;
  expect(kernel.shape).toEqual([4, 3]);
  expect(Array.from(kernel.data)).toEqual(ROUNDED.map(([, rounded]) => rounded));
  expect(Array.from(read.tensors.get("dense/bias")!.data)).toEqual([0.5]);
  expect(half.length).toBe(file.length - 2 * 13);
});

test("weights that have no place in it are refused", () => {
  const tensors = new Map([["w", { data: Float32Array.of(65520), shape: [1] }]]);
  expect(() => inHalfPrecision(encodeSafetensors({ tensors, metadata: {} }))).toThrow("65520 has no place");
});
