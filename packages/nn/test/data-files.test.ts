import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  csvRows,
  csvSource,
  type FileInput,
  type FileSource,
  idxSource,
  npzSource,
} from "../src/data/files/index.js";
import { readNpzDataset } from "../src/data/pictures/index.js";
import { readCsv } from "../src/data/readers/csv.js";
import { type BatchSource, byteScaling, type Dataset, Dense, Flatten, Sequential } from "../src/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "loam-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

const samples = 300;
/** Numbers that look like none in particular. */
const some = (n: number, below: number) => Array.from({ length: n }, (_, i) => (i * i * 7 + i * 13) % below);

async function write(name: string, bytes: Uint8Array | string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

function idx(type: number, shape: readonly number[], values: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  head.setUint8(2, type);
  head.setUint8(3, shape.length);
  for (const [i, size] of shape.entries()) head.setUint32(4 + 4 * i, size);
  return Buffer.concat([new Uint8Array(head.buffer), values]);
}

function npy(descr: string, shape: readonly number[], values: ArrayBufferView, order = "False"): Uint8Array {
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(", ")},), }`;
  const text = `${dict.padEnd(117)}\n`;
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0]);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([head, Buffer.from(text), bytes]);
}

/** The bits that a network has after two epochs. */
async function trained(data: Dataset | BatchSource, outputs: number, loss: string): Promise<string> {
  const { inputs } = data as BatchSource;
  const shape = "type" in inputs ? inputs.shape : (data as Dataset).inputs.shape.slice(1);
  await using model = new Sequential([new Flatten(), new Dense({ units: outputs })], {
    inputShape: shape,
    seed: 3,
    threads: 1,
  });
  model.compile({ optimizer: "sgd", loss: loss as "meanSquaredError" });
  await model.fit(data, { epochs: 2, batchSize: 32, validationSplit: 0.2 });
  return model.weightsHash();
}

/** Trains on a file by its path and as a page's, and closes it. */
async function fromFiles(
  open: (as: (file: string) => Promise<FileInput>) => Promise<FileSource>,
  outputs: number,
  loss: string,
) {
  const hashes: string[] = [];
  const { openAsBlob } = await import("node:fs");
  for (const as of [async (file: string) => file, (file: string) => openAsBlob(file)]) {
    await using source = await open(as);
    hashes.push(await trained(source, outputs, loss));
  }
  return hashes;
}

describe("files that are read while a model is trained", () => {
  it.each([false, true])("IDX: the same bits as in memory, packed: %s", async (packed) => {
    const pixels = Uint8Array.from(some(samples * 6 * 5, 251));
    const classes = Uint8Array.from(some(samples, 4));
    const pack = packed ? gzipSync : (bytes: Uint8Array) => bytes;
    const x = await write(`x${packed}`, pack(idx(8, [samples, 6, 5], pixels)));
    const y = await write(`y${packed}`, pack(idx(8, [samples], classes)));
    const memory: Dataset = {
      name: "pixels",
      inputs: { data: pixels, shape: [samples, 1, 6, 5] },
      labels: { data: classes, shape: [samples] },
      scaling: byteScaling,
    };
    const wanted = await trained(memory, 4, "softmaxCrossEntropy");
    const hashes = await fromFiles(
      async (as) => idxSource(await as(x), await as(y)),
      4,
      "softmaxCrossEntropy",
    );
    expect(hashes).toEqual([wanted, wanted]);
  });

  it.each([0, 6] as const)("NPZ: the same bits as in memory, packed at level %s", async (level) => {
    const values = Float32Array.from(some(samples * 7, 1009), (value) => value / 100 - 3);
    const answers = Float64Array.from(some(samples, 17), (value) => value / 8);
    const bytes = zipSync(
      { "x_train.npy": npy("<f4", [samples, 7], values), "y_train.npy": npy("<f8", [samples], answers) },
      { level },
    );
    const file = await write(`table${level}.npz`, bytes);
    const wanted = await trained(readNpzDataset(bytes).training, 1, "meanSquaredError");
    const hashes = await fromFiles(async (as) => npzSource(await as(file)), 1, "meanSquaredError");
    expect(hashes).toEqual([wanted, wanted]);
  });

  it("NPZ with channels last and wide whole numbers as classes", async () => {
    const pixels = Uint8Array.from(some(samples * 4 * 5 * 3, 256));
    const classes = BigInt64Array.from(some(samples, 3), BigInt);
    const bytes = zipSync({
      "x.npy": npy("|u1", [samples, 4, 5, 3], pixels),
      "y.npy": npy("<i8", [samples], classes),
    });
    const file = await write("pixels.npz", bytes);
    const wanted = await trained(readNpzDataset(bytes).training, 3, "softmaxCrossEntropy");
    const hashes = await fromFiles(async (as) => npzSource(await as(file)), 3, "softmaxCrossEntropy");
    expect(hashes).toEqual([wanted, wanted]);
  });

  it.each(["maximum", "standard"] as const)(
    "CSV: the same bits as in memory, scaled by %s",
    async (scaling) => {
      const numbers = some(samples * 3, 4001);
      const words = ["tea", "cacao", "coffee"];
      const lines = Array.from({ length: samples }, (_, i) =>
        [numbers[3 * i]! / 7, numbers[3 * i + 1], `"${words[(i * i) % 3]}"`, numbers[3 * i + 2]! - 2000].join(
          ";",
        ),
      );
      const text = ["a;b;drink;c", ...lines, ""].join("\r\n");
      const file = await write(`drinks-${scaling}.csv.gz`, gzipSync(text));
      const memory = readCsv(text, { labelColumn: "drink", scaling });
      const options = { labelColumn: "drink", scaling } as const;
      await using source = await csvSource(file, options);
      expect(source.classNames).toEqual(memory.classNames);
      expect(source.scaling).toEqual(memory.scaling);
      const wanted = await trained(memory, 3, "softmaxCrossEntropy");
      const hashes = await fromFiles(
        async (as) => csvSource(await as(file), options),
        3,
        "softmaxCrossEntropy",
      );
      expect(hashes).toEqual([wanted, wanted]);
    },
  );

  it("reads rows in pieces, with lines in quotation marks and characters across pieces", async () => {
    const cell = `"${"ä\n".repeat(40)}, and more"`;
    const text = `name,number\n${Array.from({ length: 9000 }, (_, i) => `${cell},${i}`).join("\n")}`;
    const file = await write("notes.csv", text);
    const numbers: string[] = [];
    let pieces = 0;
    for await (const rows of csvRows(file)) {
      pieces++;
      for (const cells of rows) numbers.push(cells[1]!);
    }
    expect(pieces).toBeGreaterThan(1);
    expect(numbers).toEqual(["number", ...Array.from({ length: 9000 }, (_, i) => String(i))]);
  });

  it("unpacks no more than a file may hold, and believes no archive that is not as it says", async () => {
    const refused = (work: Promise<unknown>) => work.then(String, (error: { code: string }) => error.code);
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith("loam-unpacked-")).sort();
    const zeros = gzipSync(new Uint8Array(65 * 0x10_0000));
    const y = npy("|u1", [4], new Uint8Array(4));
    const zip = Buffer.from(zipSync({ "x.npy": npy("|u1", [4, 99], new Uint8Array(396)), "y.npy": y }));
    const entry = zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const end = zip.indexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    const change = (field: number, value: number) => {
      const changed = Buffer.from(zip);
      changed.writeUInt32LE(value, entry + field);
      return changed;
    };
    // The directory names the first file twice.
    const twice = Buffer.concat([zip.subarray(0, end), zip.subarray(entry, end), zip.subarray(end)]);
    twice.writeUInt16LE(4, twice.length - 12);
    twice.writeUInt32LE(2 * (end - entry), twice.length - 10);
    const files = { smaller: change(24, 100), larger: change(24, 2 ** 31), checksum: change(16, 1), twice };
    for (const [name, bytes] of Object.entries({ ...files, zeros })) await write(name, bytes);
    const open = (name: string) => refused(npzSource(path.join(folder, name)));
    expect(await open("smaller")).toBe("npz-damaged");
    expect(await open("larger")).toBe("npz-size");
    expect(await open("checksum")).toBe("npz-damaged");
    expect(await open("twice")).toBe("npz-damaged");
    const packed = path.join(folder, "zeros");
    expect(await refused(idxSource(packed, packed))).toBe("gzip-too-large");
    expect((await readdir(tmpdir())).filter((name) => name.startsWith("loam-unpacked-")).sort()).toEqual(
      before,
    );
  });

  it("says what is wrong with a file, and leaves nothing behind", async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith("loam-unpacked-")).sort();
    const refused = async (work: Promise<unknown>) =>
      work.then(
        () => "nothing",
        (error: Error & { code: string }) =>
          `${error.name} ${error.code}: ${error.message.replaceAll(folder, "")}`,
      );
    const x = await write("short-x", idx(8, [3, 2, 2], new Uint8Array(11)));
    const y = await write("short-y", idx(8, [3], new Uint8Array(3)));
    const cut = await write("cut.gz", gzipSync(idx(8, [3], new Uint8Array(3))).subarray(0, 20));
    const columns = zipSync({
      "x.npy": npy("<f4", [2, 2], new Float32Array(4), "True"),
      "y.npy": npy("<f4", [2], new Float32Array(2)),
    });
    expect([
      await refused(idxSource(path.join(folder, "none"), y)),
      await refused(idxSource(x, y)),
      await refused(idxSource(cut, y)),
      await refused(npzSource(y)),
      await refused(npzSource(await write("columns.npz", columns))),
      await refused(csvSource(await write("words.csv", "1,2\n1,two\n"), { header: false })),
      await refused(csvSource(await write("empty.csv", ""))),
      await refused(csvSource(await write("open.csv", '1,2\n1,"2\n3,4\n'))),
    ]).toMatchInlineSnapshot(`
      [
        "PlatformError file-missing: /none: there is no such file.",
        "FormatError idx-size: /short-x: its header claims shape [3, 2, 2], which takes 28 bytes, but the file has 27; it is damaged or cut short.",
        "FormatError gzip-damaged: /cut.gz: the gzip stream ends too early or is damaged; fetch the file again.",
        "FormatError npz-damaged: /short-y: is not a whole .npz (zip) file.",
        "FormatError npz-order: /columns.npz/x.npy: lies by columns, so that a sample is all over the file; save it with np.ascontiguousarray.",
        "DataError csv-not-a-number: /words.csv: row 2, column 2: expected a finite number, got "two".",
        "DataError no-samples: /empty.csv: has no samples.",
        "FormatError csv-quotes: /open.csv: row 2 has a quotation mark that is not closed.",
      ]
    `);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith("loam-unpacked-")).sort()).toEqual(
      before,
    );
  });
});
