import { elementwise } from "./elementwise.js";

/** y = −1, 0 or 1 by the sign of x, elementwise, any shape; its gradient is taken as 0. */
export const sign = elementwise("sign", ["x"], ({ x }) => x.sign());
