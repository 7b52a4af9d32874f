// Models that know their data, for the readers of what a file says of it: one of each kind of schema, small, and what it is used for.
import * as nn from "@loam/nn";
import {
  fitRecordings,
  forecast,
  recordingInputs,
  understandRecordings,
  windowed,
} from "@loam/nn/data/series";
import { predictRows, readTable, tableDataset } from "@loam/nn/data/table";
import { generate, textDataset, textInputs } from "@loam/nn/data/text";

/** Closes a model and gives its architecture and tensors as a file holds them. */
export async function partsOf(model) {
  const { tensors, metadata } = nn.decodeSafetensors(await nn.saveModel(model));
  await model.close();
  return { architecture: metadata.loam, tensors };
}

const text = (string) => new TextEncoder().encode(string);
const rows = (count, row) => Array.from({ length: count }, (_, i) => row(i)).join("\n");

const FLATS = `name;born;rooms;lift;rent\n${rows(
  10,
  (i) => `N${i};19${10 + 7 * i}-12-0${1 + (i % 9)};${i % 4 || ""};${i % 3 ? "yes" : "no"};${900 + 31.5 * i}`,
)}\n`;
const HOMES = `size,floor,kind,has\n${rows(
  12,
  (i) => `${20 + i},${i % 4},${["flat", "house", "loft"][i % 3]},${["lift|bath", "bath", ""][i % 3]}`,
)}\n`;
export const SERIES = `day,level,wind\n${rows(
  40,
  (i) =>
    `2024-0${1 + Math.floor(i / 28)}-${String(1 + (i % 28)).padStart(2, "0")},${(i * 7) % 11},${i % 5 === 4 ? "" : i / 8}`,
)}\n`;
export const motion = (of) => `t,x,y\n${rows(12, (i) => `${i / 50},${(i * of) % 7},${-i / of}`)}\n`;

/** Recordings of a label each. */
export const recordingsOf = (files) =>
  Promise.all(
    files.map(async (one, i) => ({ table: await readTable(one, { name: `${i}.csv` }), label: `label ${i}` })),
  );

const motions = async () => {
  const understood = understandRecordings(await recordingsOf([1, 2, 3].map((of) => text(motion(of)))));
  return fitRecordings(understood, Uint32Array.of(0, 1, 2)).dataset(Uint32Array.of(0, 1, 2));
};

/** Each kind: its data, how the network begins and how many outputs it has, and what is asked of it. */
const KINDS = {
  numbers: {
    data: () => tableDataset(text(FLATS), { target: "rent", name: "flats" }),
    use: (model) => predictRows(model, text(FLATS)),
  },
  classes: {
    data: () => tableDataset(text(HOMES), { target: "kind", drop: ["has"], name: "homes" }),
    use: (model) => predictRows(model, [{ size: 30, floor: "2", kind: "loft" }, { size: 22 }]),
  },
  labels: {
    data: () => tableDataset(text(HOMES), { target: "has", name: "homes" }),
    use: (model) => predictRows(model, text(HOMES)),
  },
  series: {
    data: () => windowed(text(SERIES), { target: "level", horizon: "2d", window: "5d" }),
    use: (model) => forecast(model, text(SERIES)),
  },
  recordings: {
    data: motions,
    begin: () => [new nn.Flatten()],
    use: async (model) => model.predict(recordingInputs(model, [await readTable(text(motion(2)))]).inputs),
  },
  characters: {
    data: () => textDataset("to be or not to be, that is", { context: 4 }),
    begin: () => [new nn.Embedding({ inputDim: 40, outputDim: 3 })],
    use: (model) => generate(model, "to", { length: 3 }),
  },
  words: {
    data: () =>
      textDataset([
        { text: "win a prize", label: "spam" },
        { text: "see you", label: "ham" },
      ]),
    begin: () => [new nn.Embedding({ inputDim: 40, outputDim: 3 }), new nn.Flatten()],
    use: async (model) => model.classify(textInputs(model, ["win you"])),
  },
};

/** By kind: its architecture and tensors as a file holds them, and `use`. */
export async function dataModels() {
  const made = {};
  for (const [name, { data, begin = () => [], use }] of Object.entries(KINDS)) {
    const { inputs, schema, scaling, classNames } = await data();
    const { task, input } = schema;
    const outputs =
      task.kind === "next" ? input.vocabulary.length : (task.targets ?? task.labels ?? classNames).length;
    const model = new nn.Sequential([...begin(), new nn.Dense({ units: outputs })], {
      ...{ name, inputShape: inputs.shape.slice(1), seed: 1, threads: 1 },
    });
    Object.assign(model, { schema, scaling, classNames });
    made[name] = { ...(await partsOf(model)), use };
  }
  return made;
}
