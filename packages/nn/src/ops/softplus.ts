import { elementwise } from "./elementwise.js";

/** y = log(1 + eˣ), elementwise, any shape; as max(x, 0) + log(1 + e^−|x|), which does not overflow. dy/dx = sigmoid(x). */
export const softplus = elementwise("softplus", ["x"], ({ x }) => x.max(0).add(x.abs().neg().exp().log1p()), {
  gradient: ({ x }, { dy }) => ({ x: x.sigmoid().mul(dy) }),
});
