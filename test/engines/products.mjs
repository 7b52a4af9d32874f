// node products.mjs: the benchmark's products and random ones, and the standard networks on 1 to 4 threads, a hash each, as one line of JSON. LOAM_WIDE says
// which binary is asked for.
import { createHash } from "node:crypto";
import process from "node:process";
import { gemmScratchBytes, instantiate } from "@loam/kernels-as";
import * as nn from "@loam/nn";
import { products } from "../../bench/shapes.mjs";

/** Two hundred shapes, drawn alike on every engine. */
function randomProducts() {
  let state = 16;
  const below = (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return Array.from({ length: 200 }, () => {
    const [M, N, K] = [1 + below(90), 1 + below(90), 1 + below(90)];
    return { M, N, K, form: ["nn", "tn", "nt", "tt"][below(4)], bias: below(2), activation: below(2) };
  });
}

function hashOfProduct(kernels, { M, N, K, form, bias = 0, activation = 0 }) {
  const { memory, run } = kernels;
  const [transA, transB] = [...form].map((letter) => (letter === "t" ? 1 : 0));
  const bytes = gemmScratchBytes({ M, N, K, transA: transA === 1, transB: transB === 1 }, 1);
  const [a, b, c, line, scratch] = kernels.places(M * K, N * K, M * N, N, bytes / 4);
  for (const [at, n] of [
    [a, M * K],
    [b, N * K],
    [line, N],
  ]) {
    const numbers = memory.f32(at, n);
    for (let i = 0; i < n; i++) numbers[i] = ((Math.imul(i + n, 7_919) >>> 0) % 1_013) / 37 - 13;
  }
  const strides = {
    lda: transA ? M : K,
    ldb: transB ? K : N,
    ldc: N,
    batch: 1,
    strideA: 0,
    strideB: 0,
    strideC: 0,
  };
  const shape = { M, N, K, transA, transB, accumulate: 0, activation, ...strides };
  run("gemm", { ...shape, a, b, c, bias: bias && line, scratch });
  return createHash("sha256")
    .update(memory.f32(c, M * N))
    .digest("hex");
}

async function hashOfNetwork(name, threads) {
  const inputShape = [1, 28, 28];
  const { layers, optimizer } = nn.standardModel(name, { inputShape, classes: 10 });
  const model = new nn.Sequential(layers, { inputShape, seed: 4, threads });
  try {
    model.compile({ optimizer, loss: nn.softmaxCrossEntropy() });
    await model.fit(nn.syntheticDigits({ samples: 192, seed: 9 }), { batchSize: 64, epochs: 1 });
    return [await model.weightsHash(), (await model.ready()).notes];
  } finally {
    await model.close();
  }
}

const kernels = await instantiate();
// One place for all: memory is not given back.
const room = kernels.memory.allocate(1 << 29);
kernels.places = (...counts) => {
  let at = room;
  return counts.map((count) => {
    const here = at;
    at += (count * 4 + 63) & ~63;
    return here;
  });
};
const found = { notes: [], products: [], networks: {} };
for (const shape of [...products, ...randomProducts()]) found.products.push(hashOfProduct(kernels, shape));
for (const name of ["mlp", "lenet", "cnn", "softmax"]) {
  for (const threads of [1, 2, 3, 4]) {
    const [hash, notes] = await hashOfNetwork(name, threads);
    found.networks[name] ??= hash;
    if (hash !== found.networks[name]) throw new Error(`${name} has other weights on ${threads} threads.`);
    found.notes = notes;
  }
}
process.stdout.write(`${JSON.stringify(found)}\n`);
