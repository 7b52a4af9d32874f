// TensorFlow.js with its WASM backend, on one thread.
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plainWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import * as tf from "@tensorflow/tfjs-core";
import { layers as make, type Sequential, sequential } from "@tensorflow/tfjs-layers";
import {
  type LayerPlan,
  type PeerTrainer,
  serve,
  type TrainingPlan,
  type Values,
} from "../src/speed/beside/peer-work.js";

serve(async ({ layers, optimizer, batches }: TrainingPlan): Promise<PeerTrainer> => {
  // Its threads are workers made of blobs, which the page's policy refuses.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plainWasm,
    "tfjs-backend-wasm-simd.wasm": simdWasm,
    // It wants to know where all are, also those that it will not fetch.
    "tfjs-backend-wasm-threaded-simd.wasm": simdWasm,
  });
  if (!(await tf.setBackend("wasm"))) throw new Error("the wasm backend could not be started");
  const network = build(layers, batches[0]!.inputs.shape);
  const { learningRate, beta1, beta2, epsilon } = optimizer;
  const adam = tf.train.adam(learningRate, beta1, beta2, epsilon);
  const placed = batches.map(({ inputs, labels }) => ({
    x: channelsLast(inputs),
    y: tf.tensor(labels.data, labels.shape),
  }));
  return {
    step(batch) {
      const { x, y } = placed[batch]!;
      const loss = adam.minimize(
        () => tf.losses.softmaxCrossEntropy(y, network.apply(x, { training: true })),
        true,
      )!;
      return {
        read: () => {
          const [value] = loss.dataSync();
          loss.dispose();
          return value!;
        },
        drop: () => loss.dispose(),
      };
    },
  };
});

function build(plan: readonly LayerPlan[], [, channels = 1, height, width]: readonly number[]): Sequential {
  const network = sequential();
  let shape: readonly number[] = [height!, width!, channels];
  let hasFlattened = false;
  for (const [at, layer] of plan.entries()) {
    const first = at === 0 ? { inputShape: shape } : {};
    const before: readonly number[] = at === 0 ? shape : network.outputShape.slice(1);
    if (layer.type === "Flatten") {
      hasFlattened = true;
      shape = before;
      network.add(make.flatten(first));
    } else if (layer.type === "ReLU") network.add(make.reLU(first));
    else if (layer.type === "MaxPool2d") network.add(make.maxPooling2d({ ...first, poolSize: layer.side }));
    else if (layer.type === "Dense") {
      network.add(make.dense({ ...first, units: layer.bias.data.length }));
      const kernel = hasFlattened ? rowsChannelsLast(layer.kernel, shape) : layer.kernel;
      hasFlattened = false;
      network.layers.at(-1)!.setWeights([tensorOf(kernel), tensorOf(layer.bias)]);
    } else {
      const { kernel, bias, padding } = layer;
      const side = kernel.shape[2]!;
      if (padding !== 0 && 2 * padding + 1 !== side) throw new Error("no padding of that size");
      const options = {
        filters: kernel.shape[0]!,
        kernelSize: side,
        padding: padding > 0 ? "same" : "valid",
      };
      network.add(make.conv2d({ ...first, ...options }));
      const transposed = tf.tidy(() => tf.transpose(tensorOf(kernel), [2, 3, 1, 0]));
      network.layers.at(-1)!.setWeights([transposed, tensorOf(bias)]);
    }
  }
  return network;
}

function tensorOf({ data, shape }: Values): tf.Tensor {
  return tf.tensor(data, shape);
}

/** [batch, channels, height, width] as [batch, height, width, channels]. */
function channelsLast(values: Values): tf.Tensor {
  return tf.tidy(() => tf.transpose(tensorOf(values), [0, 2, 3, 1]));
}

/** The rows of a Dense kernel after Flatten, in the order in which channels that come last are flattened. */
function rowsChannelsLast(kernel: Values, [height, width, channels]: readonly number[]): Values {
  const units = kernel.shape[1]!;
  const pixels = height! * width!;
  const data = new Float32Array(kernel.data.length);
  for (let c = 0; c < channels!; c++)
    for (let p = 0; p < pixels; p++) {
      const from = (c * pixels + p) * units;
      data.set(kernel.data.subarray(from, from + units), (p * channels! + c) * units);
    }
  return { data, shape: kernel.shape };
}
