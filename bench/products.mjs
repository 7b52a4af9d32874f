// Matrix products and convolutions, each against the peak of the same binary in the same rounds.
import {
  chooseConv2dAlgorithm,
  conv2dScratchBytes,
  gemmScratchBytes,
} from "../packages/kernels-as/dist/index.js";
import { besidePeak, numbers, peak, program, put, withEngine } from "./engines.mjs";
import { interleaved } from "./measure.mjs";
import { convolutions, products } from "./shapes.mjs";

/** Measures one candidate beside the yardstick. */
async function againstPeak(engine, candidate, flops, rounds) {
  const yard = await peak(engine);
  const [reference, own] = await interleaved([yard.candidate, candidate], { rounds });
  return {
    microseconds: own.microseconds,
    minMicroseconds: own.min,
    ...besidePeak(yard, reference, own, flops),
  };
}

export async function productCandidate(engine, { name, form, M, N, K }) {
  const transA = form[0] === "t";
  const transB = form[1] === "t";
  const args = {
    a: await put(engine, numbers(M * K)),
    b: await put(engine, numbers(K * N, 2)),
    c: await engine.allocate(4 * M * N),
    bias: 0,
    M,
    N,
    K,
    lda: transA ? M : K,
    ldb: transB ? K : N,
    ldc: N,
    transA: Number(transA),
    transB: Number(transB),
    accumulate: 0,
    activation: 0,
    scratch: await engine.allocate(gemmScratchBytes({ M, N, K, transA, transB }, engine.threads)),
    batch: 1,
    strideA: 0,
    strideB: 0,
    strideC: 0,
  };
  return program(engine, name, [["gemm", args]]);
}

export async function measureProducts({ threads, precision, rounds, only }) {
  const rows = [];
  for (const shape of products) {
    if (only && !shape.name.includes(only)) continue;
    const row = await withEngine({ threads, precision }, async (engine) =>
      againstPeak(engine, await productCandidate(engine, shape), 2 * shape.M * shape.N * shape.K, rounds),
    );
    rows.push({ name: shape.name, network: shape.network, kind: shape.kind, threads, precision, ...row });
  }
  return rows;
}

const PASSES = { forward: "conv2d", inputGrad: "conv2d_input_grad", kernelGrad: "conv2d_kernel_grad" };

async function convolutionCandidate(engine, name, pass, geometry) {
  const { batch, height, width, channels, filters, outHeight, outWidth, groups } = geometry;
  const inputs = batch * height * width * channels;
  const outputs = batch * outHeight * outWidth * filters;
  const kernel = (9 * channels * filters) / groups;
  const algorithm = chooseConv2dAlgorithm(pass, geometry, engine.precision);
  const scratch = await engine.allocate(conv2dScratchBytes(pass, geometry, algorithm, engine.threads));
  const operands = {
    forward: async () => ({
      x: await put(engine, numbers(inputs)),
      w: await put(engine, numbers(kernel, 2)),
      bias: await put(engine, numbers(filters, 3)),
      y: await engine.allocate(4 * outputs),
      activation: 0,
    }),
    inputGrad: async () => ({
      dy: await put(engine, numbers(outputs)),
      w: await put(engine, numbers(kernel, 2)),
      dx: await engine.allocate(4 * inputs),
    }),
    kernelGrad: async () => ({
      x: await put(engine, numbers(inputs)),
      dy: await put(engine, numbers(outputs, 2)),
      dw: await engine.allocate(4 * kernel),
      db: await engine.allocate(4 * filters),
    }),
  };
  return program(engine, name, [
    [PASSES[pass], { ...(await operands[pass]()), ...geometry, algorithm, scratch }],
  ]);
}

/** Convolutions by their direct multiply-add count: Winograd needs fewer, so that a share above 1 is possible. */
export async function measureConvolutions({ threads, precision, rounds, only }) {
  const rows = [];
  for (const { network, geometry } of convolutions) {
    const { batch, channels, filters, outHeight, outWidth } = geometry;
    const flops = 2 * batch * outHeight * outWidth * filters * 9 * channels;
    for (const pass of Object.keys(PASSES)) {
      if (pass === "inputGrad" && channels === 1) continue; // the first layer's, which no network asks for
      const name = `${PASSES[pass]} ${network}`;
      if (only && !name.includes(only)) continue;
      const row = await withEngine({ threads, precision }, async (engine) =>
        againstPeak(engine, await convolutionCandidate(engine, name, pass, geometry), flops, rounds),
      );
      rows.push({ name, network, kind: "convolution", threads, precision, ...row });
    }
  }
  return rows;
}
