import { elementwise } from "./elementwise.js";

/** y = 2/√π · ∫₀ˣ e^(−t²) dt, elementwise, any shape. dy/dx = 2/√π · e^(−x²). */
export const erf = elementwise("erf", ["x"], ({ x }) => x.erf());
