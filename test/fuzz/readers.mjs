// Every reader of files that strangers may send: how to make valid files for it, and how it reads bytes.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as nn from "@loam/nn";
import { checkpoints, decodeCheckpoint, encodeCheckpoint } from "@loam/nn/checkpoint";
import { readCsv } from "@loam/nn/data/csv";
import { decodePicture, readCifar, readNpzDataset } from "@loam/nn/data/images";
import { fitSeries, understandRecordings, understandSeries } from "@loam/nn/data/series";
import { readTable, tableDataset } from "@loam/nn/data/table";
import { importKeras } from "@loam/nn/io/keras";
import { importLessons } from "@loam/nn/io/lessons";
import { decodeNpz } from "@loam/nn/io/npz";
import { exportOnnx, importOnnx } from "@loam/nn/io/onnx";
import { loadStateDict, toStateDict } from "@loam/nn/io/pytorch";
import { importTfjs } from "@loam/nn/io/tfjs";
import { unzipSync, zipSync } from "fflate";
import { crc32 } from "../../packages/nn/dist/io/crc32.js";
import { dataModels, motion, recordingsOf, SERIES } from "./data-models.mjs";
import { layerModels } from "./layer-models.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = (name) => import(new URL(`../../packages/cli/dist/${name}.js`, import.meta.url).href);
const text = (string) => new TextEncoder().encode(string);
const utf8 = (bytes) => new TextDecoder().decode(bytes);
const bytesOf = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function idx(type, shape, values) {
  const head = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  head.setUint8(2, type);
  head.setUint8(3, shape.length);
  for (const [i, size] of shape.entries()) head.setUint32(4 + 4 * i, size);
  return Uint8Array.from([...new Uint8Array(head.buffer), ...values]);
}

function npy(descr, shape, values) {
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = text(`${dict.padEnd(117)}\n`);
  return Uint8Array.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    header.length,
    0,
    ...header,
    ...bytesOf(values),
  ]);
}

const floats = (length) => Float32Array.from({ length }, (_, i) => ((i * 37) % 23) / 8 - 1);
const counted = (length) => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 3)) % 251);

/** A small model that has some of everything in its description. */
const small = (threads = 1) => {
  const layers = [
    new nn.Conv2d({ filters: 2, kernelSize: 3, kernelRegularizer: nn.l2(0.01) }),
    new nn.BatchNorm(),
    new nn.ReLU(),
    new nn.Dropout({ rate: 0.2 }),
    new nn.Flatten(),
    new nn.Dense({ units: 3, activation: "tanh" }),
    new nn.Dense({ units: 2 }),
  ];
  const model = new nn.Sequential(layers, { inputShape: [1, 6, 6], seed: 1, threads });
  return model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", metrics: ["accuracy"] });
};

async function modelFile() {
  const model = small();
  const bytes = await nn.saveModel(model);
  await model.close();
  return bytes;
}

async function checkpointFile() {
  const model = small();
  const data = {
    name: "some",
    inputs: { data: counted(12 * 36), shape: [12, 1, 6, 6] },
    labels: { data: Uint8Array.from({ length: 12 }, (_, i) => i % 2), shape: [12] },
    scaling: { kind: "divide", by: 255 },
  };
  let kept;
  const to = (bytes) => {
    kept = bytes;
  };
  await model.fit(data, { steps: 5, batchSize: 4, checkpoint: checkpoints({ to }) });
  await model.close();
  return kept;
}

let kept;
const aCheckpoint = async () => (kept ??= await checkpointFile());

const pngs = async () => {
  const folder = path.join(root, "examples/digits");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".png")).slice(0, 4);
  return Promise.all(names.map((name) => readFile(path.join(folder, name))));
};
const jpegs = async () => {
  const folder = path.join(root, "packages/nn/test/fixtures/jpeg");
  const names = (await readdir(folder)).filter((name) => /\.jpe?g$/.test(name));
  return Promise.all(names.map((name) => readFile(path.join(folder, name))));
};

const kerasFiles = () =>
  Promise.all(
    ["pictures", "words"].map((name) => readFile(path.join(root, `packages/nn/test/keras/${name}.keras`))),
  );
const kerasParts = async (which = 1) => unzipSync((await kerasFiles())[which]);

/** A PNG whose chunks have the checksums of what they now hold, so that a mutation reaches what lies behind the check. */
function mendPng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) break;
    view.setUint32(at + 8 + length, crc32(bytes.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  return bytes;
}

/** A folder of this process for readers that open files by name. */
let folder;
const inFile = (name, read) => async (bytes) => {
  folder ??= await mkdtemp(path.join(tmpdir(), "loam-fuzz-"));
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return read(file, folder);
};
export const removeFolder = () => folder && rm(folder, { recursive: true, force: true });

let engine;
const onEngine = async () => (engine ??= await nn.createEngine({ threads: 1 }));
/** Closes the engine on which readers make models, and tells its notes. */
export const closeEngine = async () => {
  await engine?.close();
  return engine?.notes ?? [];
};

const TABLE =
  'name;born;rooms;rent\nAda;1815-12-10;3;1200,50\n"Grace; H.";1906-12-09;2;980\nAlan;1912-06-23;;1100\n';
const CSV = `label,a,b\n${Array.from({ length: 12 }, (_, i) => `${i % 3},${i / 4},${-i}`).join("\n")}\n`;
const LINES = '{"a":1,"b":"x","c":true}\n{"a":2.5,"b":"y","c":false}\n{"b":null,"a":-3e2}\n';
const WEIGHTS = () =>
  zipSync({
    "w1.npy": npy(
      "<f8",
      [4, 3],
      Float64Array.from({ length: 12 }, (_, i) => i / 7),
    ),
    "b1.npy": npy("<f8", [3], Float64Array.of(1, 2, 3)),
    "w2.npy": npy("<f8", [3, 2], Float64Array.of(1, 2, 3, 4, 5, 6)),
  });
const LESSONS = "weight.npz\nMulLayer\nw1\nAddLayer\nb1\nReLU\nr1\nMulLayer\nw2\nSoftmaxLayer\ns1\n";

/** A model of Keras as TensorFlow.js writes it: a chain, and a graph as Keras 3 has it. */
const layerOf = (class_name, config, more = {}) => ({
  class_name,
  config: { trainable: true, ...config },
  ...more,
});
const manifest = (weights) => [
  { paths: ["a.bin"], weights: weights.map(([name, ...shape]) => ({ name, shape, dtype: "float32" })) },
];
const CHAIN = () => ({
  modelTopology: layerOf("Sequential", {
    name: "s",
    layers: [
      layerOf("Conv2D", {
        name: "c",
        batch_input_shape: [null, 5, 4, 2],
        filters: 3,
        kernel_size: [2, 2],
        strides: [1, 1],
        padding: "same",
        dilation_rate: [1, 1],
        activation: "relu6",
      }),
      layerOf("BatchNormalization", { name: "b", axis: 3, momentum: 0.9, epsilon: 0.001, scale: false }),
      layerOf("MaxPooling2D", { name: "m", pool_size: [2, 2], strides: [2, 2], padding: "valid" }),
      layerOf("Flatten", { name: "f" }),
      layerOf("Dense", { name: "d", units: 2, activation: "softmax", use_bias: true }),
    ],
  }),
  weightsManifest: manifest([
    ["c/kernel", 2, 2, 2, 3],
    ["c/bias", 3],
    ["b/beta", 3],
    ["b/moving_mean", 3],
    ["b/moving_variance", 3],
    ["d/kernel", 12, 2],
    ["d/bias", 2],
  ]),
});
const history = (name) => ({
  class_name: "__keras_tensor__",
  config: { shape: [null, 3], dtype: "float32", keras_history: [name, 0, 0] },
});
const GRAPH = () => ({
  modelTopology: layerOf("Functional", {
    name: "g",
    layers: [
      layerOf("InputLayer", { name: "x", batch_shape: [null, 6, 3] }, { name: "x", inbound_nodes: [] }),
      layerOf(
        "LSTM",
        { name: "l", units: 3, return_sequences: true, recurrent_activation: "sigmoid" },
        { name: "l", inbound_nodes: [{ args: [history("x")], kwargs: {} }] },
      ),
      layerOf(
        "Add",
        { name: "a" },
        { name: "a", inbound_nodes: [{ args: [[history("x"), history("l")]], kwargs: {} }] },
      ),
      layerOf("GlobalAveragePooling1D", { name: "p" }, { name: "p", inbound_nodes: [[["a", 0, 0, {}]]] }),
    ],
    input_layers: ["x", 0, 0],
    output_layers: [["p", 0, 0]],
  }),
  weightsManifest: manifest([
    ["l/lstm_cell/kernel", 3, 12],
    ["l/lstm_cell/recurrent_kernel", 3, 12],
    ["l/lstm_cell/bias", 12],
  ]),
});

const MOST_VALUES = 2 ** 20;

/** A reader of architectures, with the tensors of the model that it began as. */
function architectures(make) {
  let made;
  const modelsOf = () => {
    made ??= make();
    return made;
  };
  return {
    seeds: async () => Object.values(await modelsOf()).map(({ architecture }) => text(architecture)),
    read: async (bytes) => {
      const metadata = { format: "loam", loam: utf8(bytes) };
      const models = await modelsOf();
      const names = Object.keys(models);
      const name = names.find((one) => metadata.loam.includes(`"name":"${one}"`)) ?? names[0];
      const { tensors, use } = models[name];
      const file = nn.encodeSafetensors({ tensors, metadata });
      const model = await nn.loadModel(file, { engine: await onEngine() });
      const sizes = model.summary().layers.map(({ outputShape }) => outputShape.reduce((a, b) => a * b, 1));
      try {
        // What a network computes may be larger than its file: that is no fault of who reads it.
        if (Math.max(...sizes) < MOST_VALUES) await use(model);
      } finally {
        await model.close();
      }
    },
  };
}

/**
 * Each reader: `seeds`, valid files; `mend`, what makes a mutated file pass a check that would end every other mutation; `read`; `most`,
 * how many files a slow one is given.
 * @type {Readonly<Record<string, { seeds: Function, read: Function, mend?: Function, most?: number }>>}
 */
export const READERS = {
  safetensors: {
    seeds: async () => [
      nn.encodeSafetensors({
        tensors: new Map([["w", { data: floats(12), shape: [3, 4] }]]),
        metadata: { a: "b" },
      }),
      await modelFile(),
    ],
    read: (bytes) => nn.decodeSafetensors(bytes),
  },
  "safetensors-header": {
    seeds: () => [
      text(
        '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]},"n":{"dtype":"I64","shape":[],"data_offsets":[48,56]}}',
      ),
    ],
    read: (bytes) => {
      const file = new Uint8Array(8 + bytes.length + 56);
      new DataView(file.buffer).setUint32(0, bytes.length, true);
      file.set(bytes, 8);
      nn.decodeSafetensors(file);
    },
  },
  model: {
    seeds: async () => [await modelFile()],
    read: async (bytes) => (await nn.loadModel(bytes, { engine: await onEngine() })).close(),
  },
  // What a file says of tables, series, recordings and texts, and what it says of its layers: each used as it says.
  "model-of-data": architectures(dataModels),
  "model-of-layers": architectures(layerModels),
  checkpoint: {
    seeds: async () => [await aCheckpoint()],
    read: (bytes) => decodeCheckpoint(bytes),
  },
  "checkpoint-edited": {
    // Its place, settings and figures are edited and its checksum is right again, as by someone who knows how it is made.
    seeds: async () => {
      const { position, learningRate, configuration, data } = decodeCheckpoint(await aCheckpoint());
      return [text(JSON.stringify({ position, learningRate, configuration, data }))];
    },
    read: async (bytes) => {
      const whole = decodeCheckpoint(await aCheckpoint());
      let made;
      try {
        made = encodeCheckpoint({ ...whole, ...JSON.parse(utf8(bytes)) });
      } catch {
        return; // nothing that a writer could write
      }
      decodeCheckpoint(made);
    },
  },
  npz: {
    seeds: () => [
      WEIGHTS(),
      zipSync(
        { "x.npy": npy("<f4", [5, 2], floats(10)), "y.npy": npy("|u1", [5], counted(5)) },
        { level: 0 },
      ),
    ],
    read: (bytes) => decodeNpz(bytes),
  },
  onnx: {
    seeds: async () => {
      const pictures = small();
      const series = new nn.Sequential(
        [new nn.GRU({ units: 2 }), new nn.LayerNorm(), new nn.Dense({ units: 2, activation: "softmax" })],
        { inputShape: [3, 2], seed: 1, threads: 1 },
      );
      const files = [await exportOnnx(pictures, { preprocessing: true }), await exportOnnx(series)];
      await pictures.close();
      await series.close();
      return files;
    },
    read: async (bytes) => (await importOnnx(bytes, { engine: await onEngine() })).close(),
  },
  "state-dict": {
    // What `loam import --like` does.
    seeds: async () => {
      const model = small();
      const file = nn.encodeSafetensors({ tensors: await toStateDict(model), metadata: { format: "pt" } });
      await model.close();
      return [file];
    },
    read: async (bytes) => {
      const { tensors } = nn.decodeSafetensors(bytes);
      const model = small();
      try {
        await loadStateDict(model, tensors);
      } finally {
        await model.close();
      }
    },
  },
  tfjs: {
    seeds: () => [CHAIN(), GRAPH()].map((file) => text(JSON.stringify(file))),
    read: async (bytes) =>
      (
        await importTfjs({ json: utf8(bytes), weights: bytesOf(floats(1000)) }, { engine: await onEngine() })
      ).close(),
  },
  keras: {
    seeds: kerasFiles,
    read: async (bytes) => (await importKeras(bytes, { engine: await onEngine() })).close(),
  },
  "keras-weights": {
    // Its zip and its description are right, so that the mutations are HDF5's.
    seeds: async () => [(await kerasParts())["model.weights.h5"]],
    read: async (bytes) => {
      const files = { ...(await kerasParts()), "model.weights.h5": bytes };
      await (await importKeras(zipSync(files, { level: 0 }), { engine: await onEngine() })).close();
    },
  },
  "keras-config": {
    seeds: async () => [(await kerasParts())["config.json"], (await kerasParts(0))["config.json"]],
    read: async (bytes) => {
      const own = utf8(bytes).includes("Conv2D") ? 0 : 1;
      const files = { ...(await kerasParts(own)), "config.json": bytes };
      await (await importKeras(zipSync(files, { level: 0 }), { engine: await onEngine() })).close();
    },
  },
  npy: {
    seeds: () => [
      npy("<f4", [5, 2], floats(10)),
      npy(">i2", [3], Int16Array.of(1, 2, 3)),
      npy("|b1", [4], Uint8Array.of(0, 1, 1, 0)),
    ],
    // The archive around it is right, whatever it holds.
    read: (bytes) => decodeNpz(zipSync({ "x.npy": bytes })),
  },
  "npz-dataset": {
    seeds: () => [
      zipSync({
        "x_train.npy": npy("|u1", [4, 3, 3], counted(36)),
        "y_train.npy": npy("|u1", [4], Uint8Array.of(0, 1, 2, 0)),
      }),
    ],
    read: (bytes) => readNpzDataset(bytes),
  },
  idx: {
    seeds: () => [idx(8, [2, 4, 4], counted(32)), idx(8, [6], counted(6))],
    read: (bytes) => nn.readIdx(bytes),
  },
  "idx-images": {
    seeds: () => [idx(8, [2, 4, 4], counted(32)), idx(8, [2, 3, 4, 4], counted(96))],
    read: (bytes) => nn.readIdxImages(bytes),
  },
  gzip: {
    seeds: () => [gzipSync(counted(3000)), gzipSync(new Uint8Array(200_000)), gzipSync(text(CSV))],
    read: (bytes) => nn.gunzip(bytes),
  },
  "gzip-idx": {
    seeds: () => [gzipSync(idx(8, [2, 28, 28], counted(2 * 784)))],
    read: async (bytes) => nn.readIdx(nn.isGzip(bytes) ? await nn.gunzip(bytes) : bytes),
  },
  png: { seeds: pngs, read: (bytes) => decodePicture(bytes) },
  "png-mended": { seeds: pngs, mend: mendPng, read: (bytes) => decodePicture(bytes) },
  jpeg: { seeds: jpegs, read: (bytes) => decodePicture(bytes) },
  cifar: {
    seeds: () => [Uint8Array.from({ length: 3073 * 2 }, (_, i) => i % 10)],
    read: (bytes) => readCifar(bytes, 10),
  },
  csv: {
    seeds: () => [text(CSV), text(CSV.replaceAll(",", ";"))],
    read: (bytes) => readCsv(bytes, { labelColumn: 0 }),
  },
  table: {
    seeds: () => [text(TABLE), gzipSync(text(TABLE)), text(TABLE.replaceAll(";", "\t"))],
    read: (bytes) => tableDataset(bytes, { target: "rent" }),
  },
  series: {
    seeds: () => [text(SERIES), text(SERIES.replaceAll(",", ";"))],
    read: async (bytes) => {
      const understood = understandSeries(await readTable(bytes), { target: "level", horizon: 2, window: 5 });
      const { length } = understood.series;
      fitSeries(understood, length).dataset(0, length);
    },
  },
  recordings: {
    seeds: () => [1, 2].map((of) => text(motion(of))),
    read: async (bytes) => {
      understandRecordings(await recordingsOf([bytes, text(motion(3))]));
    },
  },
  "json-lines": {
    seeds: () => [text(LINES), text(`[${LINES.trim().replaceAll("\n", ",")}]`)],
    read: (bytes) => tableDataset(bytes, { target: "b" }),
  },
  lessons: {
    seeds: () => [text(LESSONS)],
    read: async (bytes) =>
      (await importLessons(utf8(bytes), WEIGHTS(), { engine: await onEngine() })).close(),
  },
  "lessons-weights": {
    seeds: () => [WEIGHTS()],
    read: async (bytes) => (await importLessons(LESSONS, bytes, { engine: await onEngine() })).close(),
  },
  config: {
    seeds: () => [
      text(
        '{"data":"digits","model":"mlp","epochs":3,"batchSize":32,"learningRate":0.01,"seed":7,"out":"runs/x"}',
      ),
      text(
        '{"data":"a.csv","target":["x","y"],"types":{"zip":"word"},"drop":["n"],"horizon":"30d","window":90,"size":"64x48","augment":["flip"],"layers":[{"type":"Dense","units":4}],"schedule":"cosine","folds":5}',
      ),
    ],
    read: async (bytes) => (await cli("config")).parseConfig(utf8(bytes), "config.json"),
  },
  "sweep-config": {
    seeds: () => [
      text(
        '{"name":"s","settings":{"data":"digits","epochs":2},"space":{"learningRate":{"from":0.001,"to":0.1,"scale":"log"},"batchSize":[16,32]},"search":"random","trials":4,"seeds":[1,2],"metric":"accuracy"}',
      ),
      text(
        '{"settings":{"data":"digits","folds":3},"space":{"model":["mlp","lenet"],"learningRate":[0.1,0.01]},"search":"halving","factor":3,"rungs":2,"seeds":2}',
      ),
    ],
    read: async (bytes) => {
      const { parseSweep, planOf } = await cli("sweep/sweep-config");
      planOf(parseSweep(utf8(bytes), "sweep.json"), "sweep.json");
    },
  },
  "sweep-record": {
    seeds: () => [
      text(
        '{"identity":"a","status":"running","started":"2026-01-02T03:04:05.000Z","directory":"/tmp","async":false,"configuration":{"settings":{"data":"digits"},"space":{"learningRate":[0.1,0.01]}}}',
      ),
    ],
    read: inFile("sweep.json", async (_, folder) => {
      await (await cli("sweep/sweep-folder")).SweepFolder.read(folder);
    }),
  },
  "run-record": {
    seeds: () => [
      text(
        '{"status":"interrupted","started":"2026-01-02T03:04:05.000Z","directory":"/tmp","seed":1,"loam":"0.1.0","configuration":{"data":"digits","model":"mlp","epochs":3,"seed":1,"batchSize":32,"learningRate":0.001,"precision":"standard"},"result":{"epochs":3,"testAccuracy":0.9,"seconds":1.5}}',
      ),
    ],
    read: inFile("run.json", async (_, folder) => {
      await (await cli("run-list")).listRuns(folder);
      (await (await cli("saved-run")).readSavedRun(folder, {})).folder.release();
    }),
  },
  "run-lock": {
    // It waits for one that is not filled yet.
    most: 100,
    // A process that has long been gone, so that the lock may be taken.
    seeds: () => [text(`{"pid":4194303,"host":"${hostname()}"}\n`)],
    read: inFile("run.lock", async (_, folder) => {
      (await (await cli("run-lock")).RunLock.take(folder)).release();
    }),
  },
};
