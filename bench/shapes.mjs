// What is measured: matrix products C[M, N] = op(A)·op(B) over K, and convolutions, taken from the networks that meet them.

/** form: n as stored, t transposed, first A then B. */
const product = (network, form, M, N, K, kind = "wide") => ({
  name: `gemm_f32_${form} ${M}x${N}x${K}`,
  network,
  form,
  M,
  N,
  K,
  kind,
});

export const products = [
  ...[128, 256, 512, 1024].map((n) => product("cube", "nn", n, n, n)),
  product("mlp forward 1", "nn", 128, 100, 784),
  product("mlp forward 2", "nn", 128, 100, 100),
  product("mlp kernel gradient 1", "tn", 784, 100, 128),
  product("mlp kernel gradient 2", "tn", 100, 100, 128),
  product("mlp input gradient 2", "nt", 128, 100, 100),
  product("lenet dense forward", "nn", 64, 128, 3136),
  product("lenet dense kernel gradient", "tn", 3136, 128, 64),
  product("lenet dense input gradient", "nt", 64, 3136, 128),
  product("char-gpt projection", "nn", 768, 128, 128),
  product("char-gpt projection kernel gradient", "tn", 128, 128, 768),
  product("char-gpt projection input gradient", "nt", 768, 128, 128),
  product("char-gpt wider", "nn", 768, 512, 128),
  product("char-gpt wider kernel gradient", "tn", 128, 512, 768),
  product("char-gpt wider input gradient", "nt", 768, 128, 512),
  product("char-gpt narrower", "nn", 768, 128, 512),
  product("char-gpt narrower kernel gradient", "tn", 512, 128, 768),
  product("char-gpt narrower input gradient", "nt", 768, 512, 128),
  product("char-gpt head", "nn", 768, 65, 128),
  product("mlp forward 4", "nn", 128, 10, 100, "narrow"),
  product("mlp kernel gradient 4", "tn", 100, 10, 128, "narrow"),
  product("mlp input gradient 4", "nt", 128, 100, 10, "narrow"),
  // Its kernel lies by columns, since it is tall and narrow.
  product("cnn dense forward", "nt", 32, 10, 21632, "narrow"),
  product("cnn dense kernel gradient", "tn", 10, 21632, 32, "narrow"),
  product("cnn dense input gradient", "nn", 32, 21632, 10, "narrow"),
  product("lenet conv 1 unfolded", "nn", 50176, 32, 9, "narrow"),
  product("lenet conv 2 unfolded", "nn", 12544, 64, 288, "narrow"),
  product("lenet conv 2 kernel gradient unfolded", "tn", 288, 64, 12544, "narrow"),
  product("lenet conv 2 input gradient unfolded", "nt", 12544, 288, 64, "narrow"),
];

const convolution = (network, batch, height, channels, filters, padding) => ({
  network,
  geometry: {
    batch,
    height,
    width: height,
    channels,
    filters,
    outHeight: height + 2 * padding - 2,
    outWidth: height + 2 * padding - 2,
    kernelHeight: 3,
    kernelWidth: 3,
    strideHeight: 1,
    strideWidth: 1,
    padTop: padding,
    padLeft: padding,
    dilationHeight: 1,
    dilationWidth: 1,
    groups: 1,
  },
});

export const convolutions = [
  convolution("cnn conv", 32, 28, 1, 32, 0),
  convolution("lenet conv 1", 64, 28, 1, 32, 1),
  convolution("lenet conv 2", 64, 14, 32, 64, 1),
];
