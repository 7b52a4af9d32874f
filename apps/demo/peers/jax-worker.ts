// jax-js with its WebAssembly backend, on one thread.
import "./without-workers.js";
import {
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
  valueAndGrad,
} from "@jax-js/jax";
import {
  type LayerPlan,
  type PeerTrainer,
  serve,
  type TrainingPlan,
  type Values,
} from "../src/speed/beside/peer-work.js";

serve(async ({ layers, optimizer, batches }: TrainingPlan): Promise<PeerTrainer> => {
  await init("wasm");
  defaultDevice("wasm");
  const weights = layers.flatMap((layer) =>
    "kernel" in layer ? [arrayOf(layer.kernel), arrayOf(layer.bias)] : [],
  );
  const placed = batches.map(({ inputs, labels }) => ({ x: arrayOf(inputs), y: arrayOf(labels) }));
  const samples = batches[0]!.labels.shape[0]!;
  const { learningRate, beta1, beta2, epsilon } = optimizer;
  const lossAndGradients = valueAndGrad((parameters: JaxArray[], x: JaxArray, y: JaxArray) =>
    nn
      .logSoftmax(forward(layers, parameters, x))
      .mul(y)
      .sum()
      .mul(-1 / samples),
  );
  /** The whole step as one program; `mHat` and `vHat` are 1 − β₁ᵗ and 1 − β₂ᵗ. */
  const train = jit(
    (
      parameters: JaxArray[],
      m: JaxArray[],
      v: JaxArray[],
      mHat: JaxArray,
      vHat: JaxArray,
      x: JaxArray,
      y: JaxArray,
    ) => {
      const [loss, gradients] = lossAndGradients(
        parameters.map(({ ref }) => ref),
        x,
        y,
      );
      const nextM = m.map((old, i) => old.mul(beta1).add(gradients[i]!.ref.mul(1 - beta1)));
      const nextV = v.map((old, i) => old.mul(beta2).add(np.square(gradients[i]!).mul(1 - beta2)));
      const next = parameters.map((old, i) => {
        const root = np.sqrt(nextV[i]!.ref.div(vHat.ref)).add(epsilon);
        return old.sub(nextM[i]!.ref.div(mHat.ref).div(root).mul(learningRate));
      });
      mHat.dispose();
      vHat.dispose();
      return [loss, next, nextM, nextV] as [JaxArray, JaxArray[], JaxArray[], JaxArray[]];
    },
  );
  let state: [JaxArray[], JaxArray[], JaxArray[]] = [
    weights,
    weights.map(({ shape }) => np.zeros(shape)),
    weights.map(({ shape }) => np.zeros(shape)),
  ];
  let t = 0;
  return {
    step(batch) {
      t += 1;
      const { x, y } = placed[batch]!;
      const scale = (beta: number) => np.array(Float32Array.of(1 - beta ** t)).reshape([]);
      const [loss, ...next] = train(...state, scale(beta1), scale(beta2), x.ref, y.ref);
      state = next;
      return { read: async () => (await loss.data())[0]!, drop: () => loss.dispose() };
    },
  };
});

function forward(layers: readonly LayerPlan[], parameters: readonly JaxArray[], x: JaxArray): JaxArray {
  let at = 0;
  for (const layer of layers) {
    const [batch, channels, height = 1, width = 1] = x.shape as [number, number, number?, number?];
    if (layer.type === "Flatten") x = x.reshape([batch, -1]);
    else if (layer.type === "ReLU") x = relu(x);
    else if (layer.type === "Dense") x = np.matmul(x, parameters[at++]!).add(parameters[at++]!);
    else if (layer.type === "MaxPool2d") {
      const { side } = layer;
      x = np.max(x.reshape([batch, channels, height / side, side, width / side, side]), [3, 5]);
    } else {
      const { padding } = layer;
      const around: [number, number] = [padding, padding];
      x = lax.convGeneralDilated(x, parameters[at++]!, [1, 1], [around, around]);
      x = x.add(parameters[at++]!.reshape([1, -1, 1, 1]));
    }
  }
  return x;
}

/** Its own has a derivative of 1 at 0, where convolutions of empty background are; here, as in JAX and everywhere else, it is 0. */
function relu(x: JaxArray): JaxArray {
  return np.where(np.greater(x.ref, 0), x, 0);
}

function arrayOf({ data, shape }: Values): JaxArray {
  return np.array(data as Float32Array<ArrayBuffer>).reshape([...shape]);
}
