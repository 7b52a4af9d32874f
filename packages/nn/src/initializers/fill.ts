import type { RandomStream } from "./random-stream.js";

/** Independent draws from U(low, high). */
export function fillUniform(values: Float32Array, low: number, high: number, random: RandomStream): void {
  random.uniforms(values, low, high);
}

/** Independent draws from N(mean, deviation²). */
export function fillNormal(
  values: Float32Array,
  mean: number,
  deviation: number,
  random: RandomStream,
): void {
  for (let i = 0; i < values.length; i++) values[i] = mean + deviation * random.normal();
}
