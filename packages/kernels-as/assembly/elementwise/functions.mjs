// The functions of `unary`, by name, and their derivatives' products for `unary_grad`: AssemblyScript over vectors of four. alpha is the slope of
// leaky_relu and the α of elu, in all lanes; v is what `unary_grad` says. A cheap function goes four vectors a turn, so that the loop's own
// instructions do not outweigh it.

export const unary = {
  neg: { value: "f32x4.neg(x)", gradient: "f32x4.neg(dy)", cheap: true },
  abs: { value: "f32x4.abs(x)", gradient: "abs_grad4(v, dy)" },
  square: { value: "f32x4.mul(x, x)", gradient: "square_grad4(v, dy)", cheap: true },
  sqrt: { value: "f32x4.sqrt(x)", gradient: "sqrt_grad4(v, dy)" },
  exp: { value: "exp4(x)", gradient: "exp_grad4(v, dy)" },
  log: { value: "log4(x)", gradient: "log_grad4(v, dy)" },
  relu: { value: "relu4(x)", gradient: "relu_grad4(v, dy)", cheap: true },
  leaky_relu: {
    value: "leaky_relu4(x, alpha)",
    gradient: "leaky_relu_grad4(v, dy, alpha)",
    cheap: true,
  },
  elu: { value: "elu4(x, alpha)", gradient: "elu_grad4(v, dy, alpha)" },
  sigmoid: { value: "sigmoid4(x)", gradient: "sigmoid_grad4(v, dy)" },
  tanh: { value: "tanh4(x)", gradient: "tanh_grad4(v, dy)" },
  reciprocal: { value: "f32x4.div(f32x4.splat(1), x)", gradient: "reciprocal_grad4(v, dy)" },
  sign: { value: "sign4(x)", gradient: "f32x4.splat(0)" },
};
