import { knowScaledRates, scaled } from "../schedules/scaled-rate.js";
import type { Optimizer } from "./optimizer.js";

export { knowScaledRates };

/** Multiplies an optimizer's learning rate, at every step of its schedule where it has one. */
export function scaleRate(optimizer: Optimizer, factor: number): void {
  optimizer.learningRate = scaled(optimizer.learningRate, factor);
}
