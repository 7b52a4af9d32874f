/**
 * The elementary functions in float64, from additions, multiplications, divisions, roots and bits alone: the same bits on every host, which
 * the host's own Math does not promise. For whatever reaches a weight, directly or through its data: initializers, schedules, data.
 */
export { exp, expm1 } from "./exp.js";
export { log } from "./log.js";
export { pow } from "./pow.js";
export { tanh } from "./tanh.js";
export { cos, cosSmall, sin, sinSmall } from "./trigonometry.js";
