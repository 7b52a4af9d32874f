// Reads the visitor's files away from the page's own thread, and keeps them: what is predicted of a table may be changed.
import {
  byteScaling,
  classCount,
  type Dataset,
  gunzip,
  isGzip,
  pickSamples,
  readIdxImages,
  readIdxLabels,
  splitDataset,
  validateDataset,
} from "@loam/nn";
import { readCsv } from "@loam/nn/data/csv";
import { imageFolder } from "@loam/nn/data/images";
import { fitRecordings, type Recording, understandRecordings } from "@loam/nn/data/series";
import { holdOut, readTable } from "@loam/nn/data/table";
import type { Explained } from "../text/library-errors.js";
import {
  type Divided,
  type FileOfFolder,
  type FilesAnswer,
  type FilesFacts,
  type FilesOrder,
  HELD_OUT,
  LEAST_SAMPLES,
} from "./file-facts.js";
import { OwnTable } from "./own-table.js";

/** Tables of more bytes are read as numbers alone, a label first: as text they would not fit into a page. */
const MOST_TEXT = 48 * 2 ** 20;

/** A sentence of this page's own, with a code by which other languages know it. */
class FilesError extends Error {
  constructor(
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** @throws {FilesError} `few-samples` */
function requireSamples(samples: number): void {
  if (samples >= LEAST_SAMPLES) return;
  const sentence = `Only ${samples} samples: at least ${LEAST_SAMPLES} are needed, so that some can be held out.`;
  throw new FilesError("few-samples", sentence);
}

/** What was read, whatever it is. */
interface Read {
  /** @throws {LoamError} where those columns cannot be predicted. */
  facts(targets: readonly string[]): FilesFacts;
  divide(seed: number, targets: readonly string[]): Divided;
}

let read: Read | undefined;

/** IDX begins with 00 00 08 (bytes) and its rank. */
function idxRank(bytes: Uint8Array): number {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 ? bytes[3]! : 0;
}

interface Opened {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function open(files: readonly FileOfFolder[]): Promise<Read> {
  if (files.some(({ path }) => /\.(png|jpe?g)$/i.test(path))) return fromPictures(files);
  const recordings = recordingsAmong(files);
  if (recordings.length > 0) return fromRecordings(recordings);
  const opened: Opened[] = [];
  for (const { file } of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    opened.push({ name: file.name, bytes: isGzip(bytes) ? await gunzip(bytes, file.name) : bytes });
  }
  const tables = opened.filter(({ bytes }) => idxRank(bytes) === 0);
  if (tables.length > 0) return fromTables(tables);
  const isTest = ({ name }: Opened) => /t10k|test/i.test(name);
  const pair = (of: readonly Opened[]) => ({
    images: of.find(({ bytes }) => idxRank(bytes) > 1),
    labels: of.find(({ bytes }) => idxRank(bytes) === 1),
  });
  const some = opened.filter((file) => !isTest(file));
  const training = idxDataset(pair(some.length > 0 ? some : opened));
  const tests = some.length > 0 ? pair(opened.filter(isTest)) : undefined;
  return ofDatasets("idx", training, tests?.images && idxDataset(tests));
}

function idxDataset({ images, labels }: { images: Opened | undefined; labels: Opened | undefined }): Dataset {
  if (!images || !labels)
    throw new FilesError("idx-pair", "IDX pictures and their labels come in two files: give both.");
  const made: Dataset = {
    name: images.name,
    inputs: readIdxImages(images.bytes, images.name),
    labels: readIdxLabels(labels.bytes, labels.name),
    scaling: byteScaling,
  };
  validateDataset(made);
  return made;
}

async function fromPictures(files: readonly FileOfFolder[]): Promise<Read> {
  const [first] = files;
  const name = first!.path.split("/")[0]!;
  const { training, test, skipped } = await imageFolder(
    files.map(({ file, path }) => ({
      path: path.slice(path.indexOf("/") + 1),
      read: async () => new Uint8Array(await file.arrayBuffer()),
    })),
    { name },
  );
  return ofDatasets("pictures", training, test, skipped);
}

/** A table below the folder of its class. */
interface Labelled {
  readonly folder: string;
  readonly label: string;
  readonly path: string;
  readonly file: File;
}

/** The tables of a folder that has one folder of them a class, in the command's order; none where there are no two such folders. */
function recordingsAmong(files: readonly FileOfFolder[]): Labelled[] {
  const found = files.flatMap(({ file, path }) => {
    const [folder, label, ...rest] = path.split("/");
    return rest.length > 0 && /\.csv$/i.test(path)
      ? [{ folder: folder!, label: label!, path: rest.join("/"), file }]
      : [];
  });
  if (new Set(found.map(({ label }) => label)).size < 2) return [];
  const before = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return found.sort((a, b) => before(a.label, b.label) || before(a.path, b.path));
}

async function fromRecordings(files: readonly Labelled[]): Promise<Read> {
  const recordings: Recording[] = [];
  for (const { label, path, file } of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    recordings.push({ label, table: await readTable(bytes, { name: `${label}/${path}` }) });
  }
  requireSamples(recordings.length);
  const understood = understandRecordings(recordings);
  const { classes, classNames, steps, columns } = understood;
  const samples = classes.length;
  requireSamples(samples);
  const name = files[0]!.folder;
  return {
    facts: () => ({
      ...{ name, kind: "recordings", task: "classes", samples, bytes: false },
      inputShape: [steps, columns.length],
      outputs: classNames.length,
      held: Math.floor(samples * HELD_OUT + 0.5),
    }),
    divide: (seed) => {
      // Whole recordings: windows of one are too much alike.
      const { training, held } = holdOut(samples, HELD_OUT, seed, classes);
      const fitted = fitRecordings(understood, training);
      const validation = fitted.dataset(held);
      return { training: fitted.dataset(training), validation, test: validation };
    },
  };
}

async function fromTables(tables: readonly Opened[]): Promise<Read> {
  if (tables.length > 2 || (tables.length === 2 && !tables.some(({ name }) => /test/i.test(name))))
    throw new FilesError(
      "one-table",
      `${tables.map(({ name }) => name).join(", ")}: one table at a time, or two of which one has "test" in its name.`,
    );
  // The one to be examined on comes last, in whatever order they were chosen.
  const ordered = [...tables].sort((a, b) => Number(/test/i.test(a.name)) - Number(/test/i.test(b.name)));
  const [first, second] = ordered;
  if (ordered.every(({ bytes }) => bytes.length <= MOST_TEXT)) return fromText(first!, second);
  const [training, tested] = ordered.map(({ name, bytes }) => asPictures(readCsv(bytes, { name })));
  return ofDatasets("lessons", training!, tested && { ...tested, scaling: training!.scaling });
}

async function fromText(first: Opened, second: Opened | undefined): Promise<Read> {
  const table = await OwnTable.read(first, second);
  return {
    facts: (targets) => {
      // What a column of two rows is nobody can tell; that they are two is said first.
      requireSamples(table.rows);
      const facts = table.of(targets, HELD_OUT);
      requireSamples(facts.samples);
      return { name: first.name, kind: "table", ...facts, ...(second && { testName: second.name }) };
    },
    divide: (seed, targets) => table.divide(targets, HELD_OUT, seed),
  };
}

/** Samples with their classes, as they came. */
function ofDatasets(
  kind: "idx" | "lessons" | "pictures",
  whole: Dataset,
  test: Dataset | undefined,
  skipped: readonly { readonly path: string; readonly reason: string }[] = [],
): Read {
  const samples = whole.inputs.shape[0]!;
  const inputShape = whole.inputs.shape.slice(1);
  const isDigits = inputShape.join() === "1,28,28" && whole.classNames === undefined;
  const [other] = skipped;
  const outputs = whole.classNames?.length ?? (isDigits ? 10 : classCount(whole));
  requireSamples(samples);
  if (outputs < 2)
    throw new FilesError("one-class", "All samples are of one class, so there is nothing to tell apart.");
  return {
    facts: () => ({
      ...{ name: whole.name, kind, task: "classes", samples, inputShape, outputs },
      bytes: whole.inputs.data instanceof Uint8Array,
      held: test?.inputs.shape[0] ?? Math.floor(samples * HELD_OUT + 0.5),
      ...(test && { testName: test.name }),
      ...(other && { skipped: { count: skipped.length, first: `${other.path}: ${other.reason}` } }),
    }),
    divide: (seed) => {
      if (kind === "pictures") {
        // Of each class its share, as the command holds out of folders.
        const { training, held } = holdOut(samples, HELD_OUT, seed, whole.labels.data);
        const validation = pickSamples(whole, held);
        return { training: pickSamples(whole, training), validation, test: test ?? validation };
      }
      if (test) return { training: whole, validation: test, test };
      const { training, validation } = splitDataset(whole, HELD_OUT, seed);
      return { training, validation, test: validation };
    },
  };
}

/** A table with 784 values a row holds pictures of 28x28, as the command takes it. */
function asPictures(table: Dataset): Dataset {
  const [rows = 0, values] = table.inputs.shape;
  return values === 784 ? { ...table, inputs: { ...table.inputs, shape: [rows, 1, 28, 28] } } : table;
}

async function answer(order: FilesOrder): Promise<FilesFacts | Divided> {
  if ("open" in order) read = await open(order.open);
  if ("divide" in order) return read!.divide(order.divide, order.targets);
  return read!.facts(order.targets);
}

addEventListener("message", async ({ data }: MessageEvent<FilesOrder>) => {
  try {
    postMessage((await answer(data)) satisfies FilesAnswer);
  } catch (error) {
    // Of an error only what can be cloned goes along: a cause, for one, need not be.
    const { message, code, details: { file, row, column } = {} } = error as Explained;
    const details = { ...(file !== undefined && { file }), ...(row !== undefined && { row }) };
    postMessage({
      error: {
        message,
        ...(code !== undefined && { code }),
        details: { ...details, ...(column !== undefined && { column }) },
      },
    } satisfies FilesAnswer);
  }
});
