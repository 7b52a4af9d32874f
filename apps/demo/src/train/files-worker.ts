// Reads the visitor's files away from the page's own thread: a table of MNIST has a hundred megabytes.
import {
  byteScaling,
  type Dataset,
  gunzip,
  isGzip,
  readIdxImages,
  readIdxLabels,
  validateDataset,
} from "@loam/nn";
import { readCsv } from "@loam/nn/data/csv";
import type { Explained } from "../text/library-errors.js";

export type FilesAnswer =
  | {
      readonly training: Dataset;
      readonly test?: Dataset;
      /** IDX files, which the command takes as a folder, or tables. */
      readonly kind: "idx" | "table";
    }
  | { readonly error: Explained };

/** A sentence of this page's own, with a code by which other languages know it. */
class FilesError extends Error {
  constructor(
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** IDX begins with 00 00 08 (bytes) and its rank. */
function idxRank(bytes: Uint8Array): number {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 ? bytes[3]! : 0;
}

interface Opened {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function read(files: readonly File[]): Promise<FilesAnswer> {
  const opened: Opened[] = [];
  for (const file of files) {
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
  const training = dataset(pair(some.length > 0 ? some : opened));
  const tests = some.length > 0 ? pair(opened.filter(isTest)) : undefined;
  return { kind: "idx", training, ...(tests?.images && { test: dataset(tests) }) };
}

function dataset({ images, labels }: { images: Opened | undefined; labels: Opened | undefined }): Dataset {
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

function fromTables(tables: readonly Opened[]): FilesAnswer {
  if (tables.length > 2 || (tables.length === 2 && !tables.some(({ name }) => /test/i.test(name))))
    throw new FilesError(
      "one-table",
      `${tables.map(({ name }) => name).join(", ")}: one table at a time, or two of which one has "test" in its name.`,
    );
  // The one to be examined on comes last, in whatever order they were chosen.
  const ordered = [...tables].sort((a, b) => Number(/test/i.test(a.name)) - Number(/test/i.test(b.name)));
  const [first, second] = ordered.map(({ name, bytes }) => asPictures(readCsv(bytes, { name })));
  const tested = second && /test/i.test(second.name) ? second : undefined;
  return { kind: "table", training: first!, ...(tested && { test: { ...tested, scaling: first!.scaling } }) };
}

/** A table with 784 values a row holds pictures of 28x28, as the command takes it. */
function asPictures(table: Dataset): Dataset {
  const [rows = 0, values] = table.inputs.shape;
  return values === 784 ? { ...table, inputs: { ...table.inputs, shape: [rows, 1, 28, 28] } } : table;
}

addEventListener("message", async ({ data }: MessageEvent<readonly File[]>) => {
  try {
    const answer = await read(data);
    postMessage(answer);
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
