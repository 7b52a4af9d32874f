// Training steps and inference of the standard networks. A step is forward, loss, backward and update on a batch that is already
// gathered and scaled; the gather has a column of its own.
import { Sequential, softmaxCrossEntropy, standardModel } from "../packages/nn/dist/index.js";
import { Runtime } from "../packages/nn/dist/training/runtime.js";
import { besidePeak, numbers, peak, program, put, withEngine } from "./engines.mjs";
import { interleaved } from "./measure.mjs";

export const networkNames = [
  "mlp",
  "mlp-nodropout",
  "mlp-sigmoid",
  "cnn",
  "cnn-nodropout",
  "lenet",
  "softmax",
];

const CLASSES = 10;
/** The learning rate of the measured steps: so small that thousands of them on one batch leave the numbers what they were. */
const LEARNING_RATE = 1e-9;

/**
 * A network by its name in the benchmarks, where `-nodropout` names the twin of a standard one without dropout layers, and what it trains on; or an
 * object with all of it, whose `network` takes the place of `layers`.
 */
function networkOf(name) {
  if (typeof name === "object") return name;
  const twin = name.endsWith("-nodropout");
  const inputShape = [1, 28, 28];
  return {
    ...standardModel(twin ? name.slice(0, -"-nodropout".length) : name, {
      inputShape,
      classes: CLASSES,
      ...(twin && { dropout: 0 }),
    }),
    inputShape,
    loss: softmaxCrossEntropy(),
    accuracy: true,
    inputsOf: (batch) => numbers(batch * 784, 7).map(Math.abs),
    labels: {
      type: "u32",
      shape: [],
      of: (batch) => Uint32Array.from({ length: batch }, (_, i) => i % CLASSES),
    },
  };
}

/** 2 × the multiplications of all matrix products and direct convolutions on a batch, by pass. */
function multiplyAdds(network, batch, multiplications) {
  if (multiplications) {
    const { first, others } = multiplications;
    return { forward: 2 * batch * (first + others), training: 2 * batch * (2 * first + 3 * others) };
  }
  let forward = 0;
  let backward = 0;
  let first = true;
  for (const { name, shape } of network.parameters) {
    if (!name.endsWith("/kernel")) continue;
    const layer = network.layers.findIndex((one) => name.startsWith(`${one.name}/`));
    const [, height = 1, width = 1] = network.shapes[layer + 1];
    const elements = shape.reduce((product, size) => product * size, 1);
    const pass = 2 * batch * elements * (shape.length === 4 ? height * width : 1);
    forward += pass;
    backward += first ? pass : 2 * pass; // the data's own gradient is not asked for
    first = false;
  }
  return { forward, training: forward + backward };
}

/** A batch in an engine's memory, as the planner sees a loaded dataset; its gather does nothing but note where the batch belongs. */
function gatheredBatch(engine, batch, { inputShape, inputsOf, labels: { of, ...kind } }) {
  const inputs = inputsOf(batch);
  const labels = of(batch);
  const places = [];
  const data = {
    id: 0,
    samples: batch,
    labels: kind,
    weighted: false,
    gather: (_emit, to) => void places.push(to),
  };
  const fill = async () => {
    for (const { inputs: to, labels: at } of places) {
      // An address in builds from before models had several.
      await engine.write([to].flat()[0], inputs);
      await engine.write(at, labels);
    }
  };
  const dataset = {
    inputs: { data: inputs, shape: [batch, ...inputShape] },
    labels: { data: labels, shape: [batch, ...kind.shape] },
    scaling: { kind: "none" },
    name: "batch",
  };
  return { data, dataset, fill };
}

/** The training step of a network, by its name or described as networkOf does, as something to measure, with what it counts. */
export async function trainingCandidate(engine, name, wantedBatch) {
  const described = networkOf(name);
  const { layers, optimizer, batchSize, loss, accuracy, inputShape, multiplications } = described;
  const batch = wantedBatch ?? batchSize;
  // So small that weights stay where they are over any number of runs.
  optimizer.learningRate = LEARNING_RATE;
  const network = described.network ?? new Sequential(layers, { inputShape }).network;
  const runtime = await Runtime.create(network, 7, engine, {});
  const { data, dataset, fill } = gatheredBatch(engine, batch, described);
  const compiled = { optimizer, loss, accuracy };
  const request = [data, batch, compiled, undefined, ({ step: one }) => one];
  // Builds from before data could be read in pieces want the dataset as well.
  const step = await runtime.training(
    ...(runtime.training.length > request.length ? [dataset] : []),
    ...request,
  );
  await fill();
  const { words, machine } = runtime;
  await (await runtime.stateOf(optimizer)).beginSlice(0, 1024);
  await words.beginPass();
  const rewind = new Uint32Array(1);
  const run = async (times) => {
    await engine.write(words.tick, rewind);
    const { finite } = await machine.run(step, times);
    if (!finite) throw new Error(`${name}: a value is not finite`);
  };
  return {
    candidate: { name: described.name ?? name, run },
    batch,
    flops: multiplyAdds(network, batch, multiplications).training,
    threads: step.threads,
  };
}

/** The gather of a batch of u8 images and labels, scaled by 1/255, as something to measure. */
async function gatherCandidate(engine, batch) {
  const samples = 4096;
  const common = {
    indices: await put(
      engine,
      Uint32Array.from({ length: samples }, (_, i) => (i * 1021) % samples),
    ),
    position: await engine.allocate(4),
    batch,
  };
  const images = await put(
    engine,
    Uint8Array.from({ length: samples * 784 }, (_, i) => i),
  );
  const labels = await put(engine, new Uint32Array(samples));
  const plain = { scale: 1 / 255, shift: 0, featureCenter: 0, featureScale: 0, featureShift: 0 };
  const y = await engine.allocate(4 * batch * 784);
  const t = await engine.allocate(4 * batch);
  return program(engine, "gather", [
    ["gather_u8", { y, x: images, features: 784, ...common, ...plain }],
    ["gather_u32", { y: t, x: labels, features: 1, ...common }],
  ]);
}

export async function measureTraining({ name, threads, precision, batch: wanted, rounds }) {
  return withEngine({ threads, precision }, async (engine) => {
    const yard = await peak(engine);
    const before = await engine.memoryBytes();
    const { candidate, batch, flops, threads: used } = await trainingCandidate(engine, name, wanted);
    const memoryBytes = (await engine.memoryBytes()) - before;
    const gather = await gatherCandidate(engine, batch);
    const [reference, step, gathering] = await interleaved([yard.candidate, candidate, gather], { rounds });
    return {
      name,
      threads,
      precision,
      microsecondsPerStep: step.microseconds,
      minMicrosecondsPerStep: step.min,
      samplesPerSecond: (batch * 1e6) / step.microseconds,
      ...besidePeak(yard, reference, step, flops),
      gatherMicroseconds: gathering.microseconds,
      batch,
      usedThreads: used,
      memoryBytes,
    };
  });
}

/** A network's outputs for a batch that lies in memory, as something to measure. */
export async function inferenceCandidate(engine, name, batch) {
  const { layers, inputShape, inputsOf, multiplications } = networkOf(name);
  const { network } = new Sequential(layers, { inputShape });
  const runtime = await Runtime.create(network, 7, engine, {});
  const prediction = await runtime.prediction(batch, false, async (program) => program);
  await engine.write(prediction.inputs[0], inputsOf(batch));
  const run = (times) => runtime.machine.run(prediction.program, times);
  return { candidate: { name, run }, flops: multiplyAdds(network, batch, multiplications).forward };
}

export async function measureInference({ name, threads, precision, batch, rounds }) {
  return withEngine({ threads, precision }, async (engine) => {
    const yard = await peak(engine);
    const { candidate, flops } = await inferenceCandidate(engine, name, batch);
    const [reference, own] = await interleaved([yard.candidate, candidate], { rounds });
    return {
      name,
      batch,
      threads,
      precision,
      milliseconds: own.microseconds / 1000,
      minMilliseconds: own.min / 1000,
      samplesPerSecond: (batch * 1e6) / own.microseconds,
      ...besidePeak(yard, reference, own, flops),
    };
  });
}
