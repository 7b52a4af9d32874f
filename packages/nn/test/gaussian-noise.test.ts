import { philox4x32 } from "@loam/kernels-as";
import { expect, it } from "vitest";
import { randomNormal } from "../src/ops/random-normal.js";
import { GraphRunner } from "./support/graph-runner.js";

it.each([1, 3])("draws what Philox and Box and Muller say, on %i threads", async (threads) => {
  const runner = await GraphRunner.create({ threads });
  await runner.setCounters(7, 11);
  const n = 1001;
  const [z] = await runner.run([randomNormal([7, 143], { stream: 3 })], new Map());
  const bits = new Uint32Array(Float32Array.of(3).buffer)[0]!;
  const word = (i: number) => philox4x32([Math.floor(i / 4), bits, 7, 0], [11, 0])[i % 4]!;
  const want = Array.from({ length: n }, (_, i) => {
    const [u, v] = [(word(i) + 0.5) / 2 ** 32, word(n + i) / 2 ** 32];
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  });
  // u and v are rounded to 2⁻²⁴ of themselves: an angle up to 2π, on a radius up to 7; near u = 1 the logarithm has what u's rounding leaves.
  want.forEach((value, i) => {
    expect(Math.abs(z![i]! - value)).toBeLessThan(1e-3);
  });
  const mean = z!.reduce((sum, value) => sum + value, 0) / n;
  const variance = z!.reduce((sum, value) => sum + value * value, 0) / n;
  expect(Math.abs(mean)).toBeLessThan(6 / Math.sqrt(n));
  expect(Math.abs(variance - 1)).toBeLessThan(6 * Math.sqrt(2 / n));
  await runner.setCounters(8, 11);
  const [next] = await runner.run([randomNormal([7, 143], { stream: 3 })], new Map());
  expect(next!.filter((value, i) => value === z![i]).length).toBeLessThan(3);
  await runner.engine.close();
});
