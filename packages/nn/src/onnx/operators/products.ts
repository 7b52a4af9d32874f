import { add } from "../../ops/add.js";
import { matmul } from "../../ops/matmul.js";
import { reshape } from "../../ops/reshape.js";
import { scale } from "../../ops/scale.js";
import type { Operator } from "../call.js";

/** alpha·op(A)·op(B) + beta·C. */
const gemm: Operator = (call) => {
  const product = matmul(call.x(0), call.x(1), {
    transposeA: call.flag("transA"),
    transposeB: call.flag("transB"),
  });
  const y = scale(product, call.number("alpha", 1));
  const c = call.optional(2);
  return call.result(c ? add(y, scale(c, call.number("beta", 1))) : y);
};

/** As NumPy's: a vector is a row on the left, a column on the right. */
const product: Operator = (call) => {
  const [a, b] = [call.x(0), call.x(1)];
  const left = a.shape.length === 1 ? reshape(a, [1, ...a.shape]) : a;
  const right = b.shape.length === 1 ? reshape(b, [...b.shape, 1]) : b;
  const y = matmul(left, right);
  const shape = y.shape.filter(
    (_, axis) =>
      !(left !== a && axis === y.shape.length - 2) && !(right !== b && axis === y.shape.length - 1),
  );
  return call.result(reshape(y, shape));
};

export const productOperators: Readonly<Record<string, Operator>> = { Gemm: gemm, MatMul: product };
