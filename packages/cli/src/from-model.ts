import {
  type Dataset,
  type Layer,
  layerFromConfig,
  loadModel,
  type Model,
  type MultilabelTask,
  Sequential,
  saveModel,
} from "@loam/nn";
import { holdOut, knownColumns, listNames, outputsOf, tableInputs, targetNames } from "@loam/nn/data/table";
import { alignClasses } from "./align-classes.js";
import type { DataSource, TableSource } from "./data-source.js";
import { UsageError } from "./failure.js";
import { loadTrainingData } from "./load-data.js";
import { partRows, readTableSource, tableToMeasure, understand } from "./load-table.js";
import { compileFor } from "./make-model.js";
import type { TrainingSettings } from "./network.js";
import { loadLike } from "./own-data.js";
import { fitted } from "./read-inputs.js";
import { readsColumns } from "./reads-columns.js";
import { isStream, type Samples } from "./samples.js";
import type { LoadOptions, TrainingData } from "./training-data.js";

/**
 * Reads what the network of `--from` is trained on further, as that network reads it: columns by name, with the means and words of its first training;
 * classes of the same names by its numbers.
 * @throws {DataError} `columns-missing`; {ShapeError} for samples of another size; {UsageError} for data of another kind.
 */
export async function loadDataFor(
  base: Model,
  source: DataSource,
  options: LoadOptions,
): Promise<TrainingData> {
  const isTable = source.kind === "table" || source.kind === "pixels";
  const alike = loadLike(base, source, options);
  if (alike) return alike;
  if (isTable && readsColumns(base)) return loadTableFor(base, source, options);
  if (readsColumns(base))
    throw new UsageError(`--from: the network was trained on a table, and this data is none.`);
  const [channels = 1, height, width] = base.inputShape;
  const data = await loadTrainingData(source, {
    ...options,
    ...(source.kind === "pictures" &&
      height !== undefined &&
      width !== undefined && { size: [height, width], channels: channels === 1 ? "grey" : "rgb" }),
  });
  const isSame = hasClassesOf(base, data);
  const like = (dataset: Samples): Samples => {
    if (isStream(dataset)) {
      const scaled = dataset.scaled(base.scaling);
      return isSame ? alignClasses(scaled, base.classNames) : scaled;
    }
    const inputs = fitted(dataset.name, dataset.inputs, base.inputShape);
    const scaled = { ...dataset, inputs, scaling: base.scaling };
    return isSame ? alignClasses(scaled, base.classNames) : scaled;
  };
  return {
    ...data,
    training: like(data.training),
    ...(data.validation && { validation: like(data.validation) }),
    ...(data.test && { test: like(data.test) }),
  };
}

async function loadTableFor(base: Model, source: TableSource, options: LoadOptions): Promise<TrainingData> {
  const { input, task: known } = base.schema!;
  const { target = [...targetNames(known)], validationSplit = 0, seed, testSource } = options;
  const read = target.filter((name) => knownColumns(base).includes(name));
  if (read.length > 0)
    throw new UsageError(
      `--from: the network reads ${listNames(read)}, and so cannot learn to predict it; name another --target.`,
    );
  const table = await readTableSource(source, knownColumns(base));
  const { inputs, notes } = tableInputs(base, table);
  // What is told as before is read as before.
  const { task: said = options.target || known.kind === "next" ? undefined : known.kind } = options;
  const understood = understand(table, { ...options, target, ...(said && { task: said }) });
  const { task } = understood;
  const { rows: picked, tested: fold } = partRows(understood, options);
  const classes = task.classes && picked.map((row) => task.classes![row]!);
  const { training: kept, held } = holdOut(picked.length, validationSplit, seed, classes);
  const size = inputs.data.length / table.rows;
  const rowsOf = (places: Uint32Array) => places.map((place) => picked[place]!);
  const common = { name: table.name, scaling: base.scaling };
  let dataset: (rows: Uint32Array) => Dataset;
  const inputsOf = (rows: Uint32Array) => {
    const data = inputs.data.slice(0, rows.length * size);
    rows.forEach((row, i) => {
      const at = task.rows[row]! * size;
      data.set(inputs.data.subarray(at, at + size), i * size);
    });
    return { data, shape: [rows.length, ...inputs.shape.slice(1)] };
  };
  if (task.classNames) {
    const isSame = sameNames(task.classNames, base.classNames) && known.kind === "classification";
    const classNames = isSame ? base.classNames! : task.classNames;
    const numbers = task.classNames.map((name) => classNames.indexOf(name));
    const schema = { task: { kind: "classification", target: task.targets[0]! } as const, input };
    dataset = (rows) => {
      const data = Uint32Array.from(rows, (row) => numbers[task.classes![row]!]!);
      return {
        ...common,
        inputs: inputsOf(rows),
        labels: { data, shape: [rows.length] },
        classNames,
        schema,
      };
    };
  } else if (task.labels) {
    const { labels, holding } = task;
    const width = labels.labels.length;
    // Labels of the same names are told by the same outputs.
    const isSame = known.kind === "multilabel" && sameNames(namesOf(labels), namesOf(known));
    const order = isSame
      ? namesOf(known).map((name) => namesOf(labels).indexOf(name))
      : labels.labels.map((_, i) => i);
    const inOrder = { ...labels, labels: order.map((i) => labels.labels[i]!) };
    const schema = { task: { kind: "multilabel", ...inOrder } as const, input };
    dataset = (rows) => {
      const data = Float32Array.from(
        { length: rows.length * width },
        (_, at) => holding![rows[Math.floor(at / width)]! * width + order[at % width]!]!,
      );
      return { ...common, inputs: inputsOf(rows), labels: { data, shape: [rows.length, width] }, schema };
    };
  } else {
    const width = task.targets.length;
    const isSame = known.kind === "regression" && String(targetNames(known)) === String(task.targets);
    const targets = isSame
      ? known.targets
      : task.targets.map((name, i) => ({
          name,
          ...momentsOf(rowsOf(kept), (row) => task.values![row * width + i]!),
        }));
    const schema = { task: { kind: "regression", targets } as const, input };
    dataset = (rows) => {
      const data = new Float32Array(rows.length * width);
      rows.forEach((row, at) => {
        targets.forEach(({ shift, scale }, i) => {
          data[at * width + i] = (task.values![row * width + i]! - shift) / scale;
        });
      });
      return { ...common, inputs: inputsOf(rows), labels: { data, shape: [rows.length, width] }, schema };
    };
  }
  const training = dataset(rowsOf(kept));
  const { schema, classNames } = training;
  const tested =
    testSource && (testSource.kind === "table" || testSource.kind === "pixels")
      ? await tableToMeasure(testSource, { ...common, schema, classNames })
      : undefined;
  if (testSource && !tested)
    throw new UsageError(
      "--test-data must be a table as well, with the columns of the one that is trained on.",
    );
  return {
    training,
    ...(held.length > 0 && { validation: dataset(rowsOf(held)) }),
    ...(tested ? { test: tested.dataset } : fold && { test: dataset(fold) }),
    outputs: outputsOf(task),
    lines: [...notes, ...(tested?.notes ?? [])].map((note) => `noticed   ${note}`),
  };
}

function momentsOf(rows: Uint32Array, numberOf: (row: number) => number): { shift: number; scale: number } {
  const values = Array.from(rows, numberOf);
  const shift = values.reduce((sum, value) => sum + value, 0) / values.length;
  const scale = Math.sqrt(values.reduce((sum, value) => sum + (value - shift) ** 2, 0) / values.length);
  return { shift, scale: scale > 0 ? scale : 1 };
}

function namesOf({ labels }: Pick<MultilabelTask, "labels">): string[] {
  return labels.map(({ name }) => name);
}

function sameNames(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((name) => b.includes(name));
}

/** Whether the data's classes are the network's: by their names where both have some, else by their number. */
function hasClassesOf(base: Model, { training, outputs }: TrainingData): boolean {
  if (String(base.outputShape) !== String([outputs])) return false;
  return !base.classNames || !training.classNames || sameNames(base.classNames, training.classNames);
}

/** A network that begins with another's weights, and what is to be said of it. */
export interface FromModel {
  readonly model: Sequential;
  readonly line: string;
}

/**
 * The network of `--from`, to be trained on `data`: all of its weights where what is told is the same, else all but those of a new last layer.
 * @throws {UsageError} for a network whose layers are connected otherwise than one behind the other, or whose last layer cannot be replaced.
 */
export async function modelFrom(
  base: Sequential,
  settings: TrainingSettings,
  data: TrainingData,
): Promise<FromModel> {
  const { from = "" } = settings;
  const why = whyNewLast(base, data);
  if (base.graph) {
    if (why !== undefined)
      throw new UsageError(
        `--from: ${why}, and ${from} cannot be given a new last layer, as its layers are not one behind the other; train on what it tells, or with the library.`,
      );
    const { seed, threads, precision } = settings;
    const copy = (await loadModel(await saveModel(base), { seed, threads, precision })) as Sequential;
    return { model: compileFor(copy, settings, data), line: `from      the weights of ${from}` };
  }
  const last = base.layers.at(-1)!;
  if (why !== undefined && last.type !== "Dense") {
    throw new UsageError(
      `--from: ${why}, and the last layer of ${from} is a ${last.type}, which cannot be replaced; only a Dense layer can.`,
    );
  }
  const layers = base.layers.map((layer): Layer => {
    const config = { ...layer.config(), name: layer.name };
    if (layer !== last || why === undefined) return layerFromConfig(layer.type, config);
    return layerFromConfig(layer.type, { ...config, units: data.outputs });
  });
  const { seed, threads, precision } = settings;
  const { inputShape, name } = base;
  const model = new Sequential(layers, { inputShape, name, seed, threads, precision });
  const learnt = new Map((await base.getWeights()).map((value) => [value.name, value]));
  const own = new Set(why === undefined ? [] : last.variables.map((variable) => variable.name));
  const begun = why === undefined ? [] : await model.getWeights();
  await model.setWeights(
    why === undefined
      ? [...learnt.values()]
      : begun.map((value) => (own.has(value.name) ? value : learnt.get(value.name)!)),
  );
  return {
    model: compileFor(model, settings, data),
    line: `from      the weights of ${from}${why === undefined ? "" : `, but for a new last layer, as ${why}`}`,
  };
}

/** Why the outputs mean something else than they did. */
function whyNewLast(base: Model, data: TrainingData): string | undefined {
  const { schema, classNames } = data.training;
  const [then, now] = [base.schema?.task, schema?.task];
  if (now?.kind === "next" && then?.kind === "next") return undefined;
  if (now?.kind === "regression") {
    const names = targetNames(now);
    if (then?.kind === "regression" && String(targetNames(then)) === String(names)) return undefined;
    return `what is told is ${listNames(names)}`;
  }
  if (now?.kind === "multilabel") {
    if (then?.kind === "multilabel" && String(namesOf(then)) === String(namesOf(now))) return undefined;
    return `what is told are the labels ${listNames(namesOf(now))}`;
  }
  if (then?.kind !== "regression" && then?.kind !== "multilabel" && hasClassesOf(base, data))
    return undefined;
  const old = base.classNames ? ` and not ${listNames(base.classNames)}` : "";
  return `the classes are ${classNames ? listNames(classNames) : `${data.outputs} in number`}${old}`;
}
