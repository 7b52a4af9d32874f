// Engines to measure on, and the yardstick: what the same binary reaches when it only multiplies and adds in registers.

import { createEngine, ProgramWriter, peakFlops } from "../packages/kernels-as/dist/index.js";
import { interleaved } from "./measure.mjs";

const PEAK_ITERATIONS = 50_000;

/** Numbers whose products stay far from denormals, which would be slow for a reason of their own: in ±[0.5, 1). */
export function numbers(length, seed = 1) {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state & 1 ? 1 : -1) * (0.5 + (state >>> 8) / 0x2000000);
  });
}

/** Opens an engine and does `work` on it. An engine with fewer threads than asked for is an error here and no note. */
export async function withEngine({ threads = 1, precision = "standard" }, work) {
  const engine = await createEngine({ threads, precision });
  try {
    if (engine.threads !== threads)
      throw new Error(`asked for ${threads} threads: ${engine.notes.join(" ")}`);
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** Puts an array into an engine's memory. */
export async function put(engine, array) {
  const address = await engine.allocate(array.byteLength);
  await engine.write(address, array);
  return address;
}

/** A program of instructions [name, arguments] in memory, as something to measure. */
export async function program(engine, name, instructions, threads = engine.threads) {
  const writer = new ProgramWriter();
  for (const [instruction, args] of instructions) writer.emit(instruction, args);
  const address = await put(engine, writer.finish());
  return { name, run: (times) => engine.run(address, times, { threads }) };
}

/** The fastest loop of the yardstick by binary, once it is known. */
const fastest = new Map();

/**
 * The yardstick as a candidate, and what its time says in GFLOP/s, over all threads together. It is the fastest of several loops in
 * registers, found by a short race, so that no product exceeds what it is compared with.
 */
export async function peak(engine) {
  const y = await engine.allocate(64 * engine.threads);
  const lanes = [0.999, 0.001, -1].flatMap((factor) => [factor, factor, factor, factor]);
  const factors = await put(engine, Float32Array.from(lanes));
  const loop = (kind) =>
    program(engine, "peak", [["peak", { y, factors, iterations: PEAK_ITERATIONS, kind }]]);
  let kind = fastest.get(engine.binary);
  if (kind === undefined) {
    const kinds = Object.keys(peakFlops);
    const times = await interleaved(await Promise.all(kinds.map(loop)), { rounds: 7 });
    const speeds = times.map(({ min }, i) => peakFlops[kinds[i]] / min);
    kind = kinds[speeds.indexOf(Math.max(...speeds))];
    fastest.set(engine.binary, kind);
  }
  return {
    candidate: await loop(kind),
    gflops: (microseconds) => (engine.threads * PEAK_ITERATIONS * peakFlops[kind]) / microseconds / 1000,
  };
}

/**
 * How near what was measured in the same rounds as the yardstick comes to it: by the medians, and by the least times of both, which a busy
 * machine disturbs least.
 */
export function besidePeak(yard, reference, own, flops) {
  const gflops = flops / own.microseconds / 1000;
  const peakGflops = yard.gflops(reference.microseconds);
  const bestGflops = flops / own.min / 1000;
  return {
    gflops,
    peakGflops,
    ofPeak: gflops / peakGflops,
    bestOfPeak: bestGflops / yard.gflops(reference.min),
  };
}
