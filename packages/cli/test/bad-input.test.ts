import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, test } from "vitest";
import { idx, loam, temporaryFolder } from "./support.js";

/** Twelve 28x28 pictures, their labels going through the ten digits. */
const IMAGES = idx(
  [12, 28, 28],
  new Uint8Array(12 * 784).map((_, i) => i % 251),
);
const LABELS = idx(
  [12],
  Uint8Array.from({ length: 12 }, (_, i) => i % 10),
);

/** Files for a folder of IDX data, with what the test breaks in place of the good ones. */
function idxFolder(root: string, broken: Readonly<Record<string, Uint8Array>>): void {
  mkdirSync(join(root, "data"));
  const files = { "train-images-idx3-ubyte": IMAGES, "train-labels-idx1-ubyte": LABELS, ...broken };
  for (const [name, bytes] of Object.entries(files)) {
    if (bytes.length > 0) writeFileSync(join(root, "data", name), bytes);
  }
}

interface Case {
  readonly name: string;
  readonly prepare?: (root: string) => void;
  readonly words: readonly string[];
  readonly code: 1 | 2;
  readonly says: string;
}

const file = (name: string, content: string | Uint8Array) => (root: string) =>
  writeFileSync(join(root, name), content);

const cases: readonly Case[] = [
  {
    name: "a missing file",
    words: ["--data", "missing.csv"],
    code: 1,
    says: "missing.csv: there is no such file or folder; expected digits, mnist, a folder of pictures or of IDX files, or a .csv file.",
  },
  {
    name: "a typo in the data's name",
    words: ["--data", "digit"],
    code: 1,
    says: 'digit: there is no such file or folder; expected digits, mnist, a folder of pictures or of IDX files, or a .csv file (did you mean "digits"?).',
  },
  {
    name: "a file that is no table",
    prepare: file("notes.md", "# notes"),
    words: ["--data", "notes.md"],
    code: 1,
    says: "notes.md: expected a table (.csv), a .npz, or a folder of pictures or IDX files; name the folder that the file lies in.",
  },
  {
    name: "a folder without IDX files",
    prepare: (root) => mkdirSync(join(root, "data")),
    words: ["--data", "data"],
    code: 1,
    says: "data: has no train-images-idx3-ubyte (or train-images-idx3-ubyte.gz); name a folder that holds IDX images and labels.",
  },
  {
    name: "a truncated gzip",
    prepare: (root) =>
      idxFolder(root, {
        "train-images-idx3-ubyte": new Uint8Array(),
        "train-images-idx3-ubyte.gz": gzipSync(IMAGES).subarray(0, 40),
      }),
    words: ["--data", "data"],
    code: 1,
    says: "train-images-idx3-ubyte.gz: the gzip stream ends too early or is damaged; fetch the file again.",
  },
  {
    name: "an IDX whose header claims more than the file has",
    prepare: (root) => idxFolder(root, { "train-images-idx3-ubyte": IMAGES.subarray(0, 5000) }),
    words: ["--data", "data"],
    code: 1,
    says: "train-images-idx3-ubyte: its header claims shape [12, 28, 28], which takes 9424 bytes, but the file has 5000; it is damaged or cut short.",
  },
  {
    name: "an IDX whose header claims more than any machine has",
    prepare: (root) => idxFolder(root, { "train-images-idx3-ubyte": idx([2 ** 16, 2 ** 16, 2 ** 16], []) }),
    words: ["--data", "data"],
    code: 1,
    says: "train-images-idx3-ubyte: its header claims shape [65536, 65536, 65536], which takes 281474976710672 bytes, but the file has 16; it is damaged or cut short.",
  },
  {
    name: "more images than labels",
    prepare: (root) => idxFolder(root, { "train-labels-idx1-ubyte": idx([11], new Uint8Array(11)) }),
    words: ["--data", "data"],
    code: 1,
    says: "train-images-idx3-ubyte: has inputs for 12 samples, but labels for 11.",
  },
  {
    name: "a label out of range",
    prepare: (root) =>
      idxFolder(root, { "train-labels-idx1-ubyte": idx([12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) }),
    words: ["--data", "data"],
    code: 1,
    says: "train-images-idx3-ubyte: the label of sample 11 is 10, but with 10 classes labels go from 0 to 9.",
  },
  {
    name: "a label of the test set out of range",
    prepare: (root) =>
      idxFolder(root, {
        "t10k-images-idx3-ubyte": IMAGES,
        "t10k-labels-idx1-ubyte": idx([12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
      }),
    words: ["--data", "data"],
    code: 1,
    says: "t10k-images-idx3-ubyte: the label of sample 11 is 10, but with 10 classes labels go from 0 to 9.",
  },
  {
    name: "a CSV with a ragged row",
    prepare: file("table.csv", "label,a,b\n0,1,2\n1,3\n"),
    words: ["--data", "table.csv", "--model", "mlp"],
    code: 1,
    says: "table.csv: row 3 has 2 columns where the first has 3; complete it or take it out.",
  },
  {
    name: "a CSV with a word among numbers",
    prepare: file("table.csv", `label,a,b\n${"0,1,2\n1,3,4\n".repeat(6)}1,3,many\n`),
    words: ["--data", "table.csv", "--model", "mlp"],
    code: 1,
    says: 'table.csv: row 14, column "b": expected a number, as in the rows around it, got "many"; mend it, leave the cell empty, or say what the column is with types (b=word, or b=number to take such cells for empty).',
  },
  {
    name: "a number in a CSV that no float holds",
    prepare: file("table.csv", `label,a,b\n${"0,1,2\n1,3,4\n".repeat(6)}1,3,1e999\n`),
    words: ["--data", "table.csv", "--model", "mlp"],
    code: 1,
    says: 'table.csv: row 14, column "b": expected a number, as in the rows around it, got "1e999"; mend it, leave the cell empty, or say what the column is with types (b=word, or b=number to take such cells for empty).',
  },
  {
    name: "a table of one class, by number",
    prepare: file("table.csv", "label,a,b\n0,1,2\n0,3,4\n"),
    words: ["--data", "table.csv", "--model", "mlp"],
    code: 1,
    says: 'table.csv: every row has "0" as "label", and there is nothing to tell it from; give data of two classes or more.',
  },
  {
    name: "a table of one class, by name",
    prepare: file("table.csv", "label,a,b\nyes,1,2\nyes,3,4\n"),
    words: ["--data", "table.csv", "--model", "mlp"],
    code: 1,
    says: 'table.csv: every row has "yes" as "label", and there is nothing to tell it from; give data of two classes or more.',
  },
  {
    name: "a target that the table does not have",
    prepare: file("table.csv", "5,1,2\n1,3,4\n"),
    words: ["--data", "table.csv", "--label-column", "3", "--model", "mlp"],
    code: 2,
    says: 'table.csv: has no column "3"; it has "0", "1", "2", as it has no header.',
  },
  {
    name: "a target that is misspelt",
    prepare: file("table.csv", "Age,Fare\n5,1\n1,3\n"),
    words: ["--data", "table.csv", "--target", "Fear", "--drop", "Fear"],
    code: 2,
    says: 'table.csv: has no column "Fear" (did you mean "Fare"?); it has "Age", "Fare".',
  },
  {
    name: "an address",
    words: ["--data", "https://example.org/table.csv"],
    code: 1,
    says: "https://example.org/table.csv: nothing is fetched from an address; download it, and name the file, or pipe it: curl … | loam … -",
  },
  {
    name: "a number of classes for a table",
    prepare: file("table.csv", "label,a\n0,1\n1,3\n"),
    words: ["--data", "table.csv", "--classes", "3"],
    code: 2,
    says: "--classes is for data without names of classes; those of a table are what its target says.",
  },
  {
    name: "more digits than go into memory",
    words: ["--limit", "12000000", "--model", "softmax"],
    code: 2,
    says: "--limit must be at most 5478274 for the pictures to go into memory, got 12000000.",
  },
  {
    name: "more copies than go into memory",
    prepare: (root) =>
      idxFolder(root, {
        "train-images-idx3-ubyte": idx([60_000, 28, 28], new Uint8Array(60_000 * 784)),
        "train-labels-idx1-ubyte": idx([60_000], new Uint8Array(60_000)),
      }),
    words: ["--data", "data", "--augment", "100", "--model", "softmax"],
    code: 2,
    says: "--augment must be at most 90 for the pictures to go into memory, got 100.",
  },
  {
    name: "a file where MNIST's folder should be",
    prepare: file("mnist.gz", ""),
    words: ["--data", "mnist", "--data-dir", "mnist.gz"],
    code: 1,
    says: "mnist.gz: this is not a folder; name the one where MNIST lies or is to be kept, with --data-dir or LOAM_DATA.",
  },
  {
    name: "an empty CSV",
    prepare: file("table.csv", ""),
    words: ["--data", "table.csv", "--model", "mlp"],
    code: 1,
    says: "table.csv: is empty.",
  },
  {
    name: "a test table with other columns",
    prepare: (root) => {
      writeFileSync(join(root, "table.csv"), "label,a,b\n0,1,2\n1,3,4\n");
      writeFileSync(join(root, "test.csv"), "label,a\n0,1\n1,3\n");
    },
    words: ["--data", "table.csv", "--test-data", "test.csv", "--model", "mlp"],
    code: 1,
    says: 'test.csv: has no column "b", which the network was trained on; it has "label", "a".',
  },
  {
    name: "a layer that does not fit its input",
    prepare: file("net.json", '{ "layers": [{ "type": "Dense", "units": 10, "name": "first" }] }'),
    words: ["--config", "net.json", "--limit", "10"],
    code: 2,
    says: "synthetic digits: has 10 classes, but the network's output has shape [batch, 1, 28, 10]; put a Flatten layer before the first Dense and end it with a Dense layer of 10 units.",
  },
  {
    name: "a network with too few outputs",
    prepare: file("net.json", '{ "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 3 }] }'),
    words: ["--config", "net.json", "--limit", "10"],
    code: 2,
    says: "synthetic digits: has 10 classes, but the network's output has shape [batch, 3]; end it with a Dense layer of 10 units.",
  },
  {
    name: "a convolution on a table",
    prepare: file("table.csv", "label,a,b\n0,1,2\n1,3,4\n"),
    words: ["--data", "table.csv", "--model", "cnn"],
    code: 2,
    says: "table.csv: --model cnn is for pictures, and these are none; leave --model out, or take mlp.",
  },
  {
    name: "an unknown layer",
    prepare: file("net.json", '{ "layers": [{ "type": "Flatten" }, { "type": "Dens", "units": 3 }] }'),
    words: ["--config", "net.json"],
    code: 2,
    says: 'layer 2 of the configuration: layer: type "Dens" is not known; did you mean "Dense"?',
  },
  {
    name: "a missing configuration",
    words: ["--config", "net.json"],
    code: 1,
    says: "net.json: there is no such file or folder.",
  },
  {
    name: "an unknown optimizer",
    words: ["--optimizer", "adm"],
    code: 2,
    says: '--optimizer must be one of sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw, amsgrad, nadam, lion, lamb, got "adm" (did you mean "adam"?).',
  },
  {
    name: "a negative learning rate",
    words: ["--learning-rate", "-0.1"],
    code: 2,
    says: "--learning-rate must be a number in (0, ∞), got -0.1.",
  },
  {
    name: "an unknown schedule",
    words: ["--schedule", "cosign"],
    code: 2,
    says: '--schedule must be one of constant, linear, cosine, warmup-cosine, restarts, one-cycle, step, exponential, polynomial, plateau, got "cosign" (did you mean "cosine"?).',
  },
  {
    name: "no epochs",
    words: ["--epochs", "0"],
    code: 2,
    says: "--epochs must be an integer of at least 1, got 0.",
  },
  {
    name: "dropout for a network that has none",
    words: ["--model", "softmax", "--dropout", "0.5"],
    code: 2,
    says: 'standardModel: "softmax" has no dropout layer to take a rate of 0.5; "mlp", "table", "series", "recordings", "cnn" and "pictures" have.',
  },
  {
    name: "both a number of steps and of epochs",
    words: ["--steps", "5", "--epochs", "2"],
    code: 2,
    says: "--steps is in place of --epochs; give one of the two.",
  },
  {
    name: "a run folder where no folder can be",
    words: ["--limit", "10", "--out", "/proc/no/run"],
    code: 1,
    says: "/proc/no: there is no such file or folder.",
  },
  {
    name: "an unknown flag",
    words: ["--sead", "7"],
    code: 2,
    says: 'unknown option "--sead" (did you mean --seed?).',
  },
  {
    name: "a flag without its value",
    words: ["--seed"],
    code: 2,
    says: 'option "--seed <n>" argument missing.',
  },
  {
    name: "a word too many",
    words: ["digits"],
    code: 2,
    says: 'too many arguments for "train". Expected 0 arguments but got 1.',
  },
];

describe("loam train refuses, with one sentence and nothing written:", () => {
  test.concurrent.for(cases)("$name", async ({ prepare, words, code, says }, context) => {
    const { expect } = context;
    const root = temporaryFolder(context);
    prepare?.(root);
    const before = readdirSync(root);
    const ended = await loam(["train", ...words], root);
    expect(ended.stderr).toBe(`loam: ${says}\n`);
    expect(ended.stdout).toBe("");
    expect(ended.code).toBe(code);
    expect(readdirSync(root)).toEqual(before);
  });
});
