import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { loadIdxFolder } from "../../index.js";
import { cifarKind, loadCifar, readCifar, readNpzDataset } from "./index.js";

function folderOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  { onTestFinished }: { onTestFinished: (done: () => void) => void },
): string {
  const folder = mkdtempSync(join(tmpdir(), "loam-sources-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

/** A record of CIFAR: labels, then planes of one value each. */
const record = (labels: readonly number[], colour: readonly number[]) => [
  ...labels,
  ...colour.flatMap((value) => new Array<number>(1024).fill(value)),
];

describe("CIFAR", () => {
  it("10 is read from its batches", async (context) => {
    const folder = folderOf(
      {
        "data_batch_1.bin": Uint8Array.from([...record([3], [1, 2, 3]), ...record([9], [4, 5, 6])]),
        "data_batch_2.bin": Uint8Array.from(record([0], [7, 8, 9])),
        "test_batch.bin": Uint8Array.from(record([5], [0, 0, 1])),
        "batches.meta.txt": "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n",
      },
      context,
    );
    const { training, test } = await loadCifar(folder);
    expect(training.inputs.shape).toEqual([3, 3, 32, 32]);
    expect(Array.from(training.inputs.data)).toEqual(record([], [1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(Array.from(training.labels.data)).toEqual([3, 9, 0]);
    expect(training.classNames).toEqual([..."abcdefghij"]);
    expect(Array.from(test!.labels.data)).toEqual([5]);
    expect(test!.schema?.input).toEqual({ kind: "image", height: 32, width: 32, channels: 3, fit: "resize" });
  });

  it("100 has its fine labels", async (context) => {
    const names = Array.from({ length: 100 }, (_, i) => `class ${i}`);
    const bytes = Uint8Array.from([...record([4, 77], [1, 2, 3]), ...record([5, 99], [4, 5, 6])]);
    const folder = folderOf({ "train.bin": bytes, "fine_label_names.txt": names.join("\n") }, context);
    const { training, test } = await loadCifar(folder);
    expect([Array.from(training.labels.data), training.classNames, test]).toEqual([
      [77, 99],
      names,
      undefined,
    ]);
    expect(Array.from(training.inputs.data)).toEqual(record([], [1, 2, 3, 4, 5, 6]));
  });

  it("is told from other folders, and refused where it is not whole", async (context) => {
    expect(cifarKind(["train.bin"])).toBeUndefined();
    const folder = folderOf({ "train.bin": new Uint8Array(3073) }, context);
    await expect(loadCifar(folder)).rejects.toMatchObject({ code: "cifar-missing" });
    expect(() => readCifar(new Uint8Array(3074), 10, "data_batch_1.bin")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: data_batch_1.bin: expected records of 3073 bytes, as CIFAR-10 has them, got 3074 bytes; it is damaged, cut short, or CIFAR-100.]`,
    );
    expect(() =>
      readCifar(Uint8Array.from(record([10], [0, 0, 0])), 10, "x.bin"),
    ).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: x.bin: picture 1 has the label 10; expected less than 10.]`,
    );
  });
});

/** IDX of bytes by hand. */
const idx = (shape: readonly number[], data: readonly number[]) =>
  Uint8Array.from([
    0,
    0,
    8,
    shape.length,
    ...shape.flatMap((size) => [0, 0, size >> 8, size & 255]),
    ...data,
  ]);

describe("EMNIST", () => {
  // What is seen is 1 2 3 over 4 5 6; the file has it by columns.
  const letters = {
    "emnist-letters-train-images-idx3-ubyte": idx([1, 3, 2], [1, 4, 2, 5, 3, 6]),
    "emnist-letters-train-labels-idx1-ubyte": idx([1], [2]),
    "emnist-letters-test-images-idx3-ubyte": idx([1, 3, 2], [1, 4, 2, 5, 3, 6]),
    "emnist-letters-test-labels-idx1-ubyte": idx([1], [1]),
    "emnist-letters-mapping.txt": "1 65 97\n2 66 98\n",
  };

  it("is set upright, and has its letters' names", async (context) => {
    const folder = folderOf(letters, context);
    const { training, test } = await loadIdxFolder(folder);
    expect(training.inputs).toEqual({ data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [1, 1, 2, 3] });
    expect([training.classNames, Array.from(training.labels.data), Array.from(test!.labels.data)]).toEqual([
      ["A", "B"],
      [1],
      [0],
    ]);
  });

  it("of several sets takes the one that is named", async (context) => {
    const more = Object.fromEntries(
      Object.entries(letters).map(([name, bytes]) => [name.replace("letters", "more"), bytes]),
    );
    const folder = folderOf({ ...letters, ...more }, context);
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      `${folder}: holds emnist-letters, emnist-more; name one of them, as ${join(folder, "emnist-letters")}.`,
    );
    expect((await loadIdxFolder(join(folder, "emnist-more"))).training.name).toBe(
      "emnist-more-train-images-idx3-ubyte",
    );
    await expect(loadIdxFolder(join(folder, "emnist-none"))).rejects.toMatchObject({
      code: "folder-missing",
    });
  });

  it("is refused with a mapping of another set", async (context) => {
    const folder = folderOf({ ...letters, "emnist-letters-mapping.txt": "0 48\n1 49\n" }, context);
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      "emnist-letters-mapping.txt: has no line for the label 2",
    );
  });
});

/** An array of NumPy, version 1.0 of its format. */
function npy(descr: string, shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const sizes = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${sizes}, }`.padEnd(117, " ");
  const head = new TextEncoder().encode(`.NUMPY..${"..."}${header}\n`).slice(0, 10 + 118);
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  head.set(new TextEncoder().encode(`${header}\n`), 10);
  return Uint8Array.from([...head, ...bytes]);
}
const npz = (files: Zippable) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, file]) => [`${name}.npy`, file])));

describe("a .npz", () => {
  const u8 = (shape: readonly number[], data: readonly number[]) => npy("|u1", shape, Uint8Array.from(data));
  const f4 = (shape: readonly number[], data: readonly number[]) =>
    npy("<f4", shape, new Uint8Array(Float32Array.from(data).buffer));

  it("with x_train and the rest is a training set and a test set of pictures", () => {
    const { training, test } = readNpzDataset(
      npz({
        x_train: u8(
          [2, 2, 2, 3],
          Array.from({ length: 24 }, (_, i) => i),
        ),
        y_train: u8([2, 1], [1, 0]),
        x_test: u8([1, 2, 2, 3], new Array(12).fill(0)),
        y_test: u8([1, 1], [1]),
      }),
      "cifar.npz",
    );
    expect(training.inputs.shape).toEqual([2, 3, 2, 2]);
    const planes = [0, 12].flatMap((at) =>
      [0, 1, 2].flatMap((k) => [0, 3, 6, 9].map((pixel) => at + pixel + k)),
    );
    expect(Array.from(training.inputs.data)).toEqual(planes);
    expect(training.labels).toEqual({ data: Uint32Array.of(1, 0), shape: [2] });
    expect(training.schema?.input).toEqual({
      kind: "image",
      height: 2,
      width: 2,
      channels: 3,
      fit: "resize",
    });
    expect(test?.labels.data).toEqual(Uint32Array.of(1));
    expect([test?.name, test?.inputs.shape]).toEqual(["cifar.npz (test)", [1, 3, 2, 2]]);
  });

  it("with x and y may hold a table, and numbers to predict", () => {
    const { training, test } = readNpzDataset(npz({ X: f4([2, 2], [1.5, -3, 0, 2]), y: f4([2], [0.5, 7]) }));
    expect(training.inputs).toEqual({ data: Float32Array.of(1.5, -3, 0, 2), shape: [2, 2] });
    expect(training.labels).toEqual({ data: Float32Array.of(0.5, 7), shape: [2, 1] });
    expect([training.scaling, test, training.schema]).toEqual([
      { kind: "divide", by: 3 },
      undefined,
      undefined,
    ]);
    // Whole numbers that would be more classes than samples are no classes.
    const prices = readNpzDataset(npz({ x: u8([2, 1], [1, 2]), y: f4([2], [14999, 20000]) }));
    expect(prices.training.labels.data).toEqual(Float32Array.of(14999, 20000));
    const pictures = readNpzDataset(
      npz({ train_images: u8([2, 1, 2], [1, 2, 3, 4]), train_labels: u8([2], [0, 1]) }),
    );
    expect(pictures.training.inputs.shape).toEqual([2, 1, 1, 2]);
  });

  it("may hold texts beside, but not as labels", () => {
    const [x, y] = [u8([2, 1], [1, 2]), u8([2], [0, 1])];
    const texts = npy("<U1", [2], new Uint8Array(8));
    expect(readNpzDataset(npz({ x, y, names: texts })).training.labels.data).toEqual(Uint32Array.of(0, 1));
    expect(() => readNpzDataset(npz({ x, y: texts }), "w.npz")).toThrow("w.npz/y.npy: has dtype <U1");
  });

  it("is refused when it does not say which array is which, or they do not belong together", () => {
    const x = u8([2, 1], [1, 2]);
    expect(() => readNpzDataset(npz({ weights: x }), "w.npz")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: w.npz: has weights; expected x and y, or x_train, y_train, x_test and y_test.]`,
    );
    expect(() =>
      readNpzDataset(npz({ x, y: u8([3], [0, 1, 2]) }), "w.npz"),
    ).toThrowErrorMatchingInlineSnapshot(`[DataError: w.npz: has inputs for 2 samples, but labels for 3.]`);
    expect(() =>
      readNpzDataset(npz({ x: u8([1, 3, 2, 3], new Array(18).fill(0)), y: u8([1], [0]) }), "w.npz"),
    ).toThrow("w.npz: shape [1, 3, 2, 3] does not tell");
  });
});
