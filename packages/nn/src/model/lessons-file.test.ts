import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { Adam, softmaxCrossEntropy } from "../index.js";
import { importLessons, type LessonsOptions, loadLessons } from "./lessons-file.js";

const folder = await mkdtemp(join(tmpdir(), "loam-lessons-"));
afterAll(() => rm(folder, { recursive: true }));

interface Values {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Numbers of a formula, between −1 and 1. */
function values(...shape: number[]): Values {
  const count = shape.reduce((a, b) => a * b, 1);
  return {
    shape,
    data: Array.from({ length: count }, (_, i) => ((i * 7919 + shape[0]! * 31) % 97) / 48.5 - 1),
  };
}

/** A .npz as NumPy writes it: float64, row-major. */
function npz(arrays: Readonly<Record<string, Values>>): Uint8Array {
  const files = Object.entries(arrays).map(([name, { shape, data }]) => {
    const size = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
    const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${size}), }`;
    const header = new TextEncoder().encode(`${text.padEnd(117)}\n`);
    const bytes = new Uint8Array(10 + header.length + 8 * data.length);
    bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
    bytes.set(header, 10);
    data.forEach((value, i) => {
      new DataView(bytes.buffer).setFloat64(10 + header.length + 8 * i, value, true);
    });
    return [`${name}.npy`, bytes] as const;
  });
  return zipSync(Object.fromEntries(files));
}

const list = (...layers: string[]) => ["weight/w.npz", ...layers.flatMap((one) => one.split(" "))].join("\n");

/** x·w (+ b), in float64, for one row. */
function product(x: readonly number[], { shape, data }: Values, b?: Values): number[] {
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: columns }, (_, j) => {
    let sum = b?.data[j] ?? 0;
    for (let i = 0; i < rows; i++) sum += x[i]! * data[i * columns + j]!;
    return sum;
  });
}

async function predicted(
  text: string,
  arrays: Record<string, Values>,
  x: number[],
  options: LessonsOptions = {},
) {
  const model = await importLessons(text, npz(arrays), { threads: 1, scaling: { kind: "none" }, ...options });
  const { data } = await model.predict({ data: Float32Array.from(x), shape: [1, ...model.inputShape] });
  return { model, output: Array.from(data) };
}

function expectNear(got: readonly number[], wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(wanted[i]!, 4);
}

const relu = (x: readonly number[]) => x.map((value) => Math.max(0, value));
const w1 = values(6, 5);
const b1 = values(5);
const w2 = values(5, 3);
const b2 = values(1, 3);
const x = [0.5, -1, 0.25, 2, 0, -0.125];
const DEEP = list(
  "MulLayer mul1",
  "AddLayer add1",
  "ReLU act1",
  "Dropout drop1",
  "MulLayer mul2",
  "AddLayer add2",
  "SoftmaxLayer out",
);
const arrays = { mul1: w1, add1: b1, mul2: w2, add2: b2 };

describe("importLessons", () => {
  it("predicts what the lessons' code does, whose dropout multiplies by 1 − rate", async () => {
    for (const dropout of [0.2, 0.5, 0]) {
      const hidden = relu(product(x, w1, b1)).map((value) => value * (1 - dropout));
      const logits = product(hidden, w2, b2);
      const powers = logits.map(Math.exp);
      const { model, output } = await predicted(DEEP, arrays, x, { dropout });
      const total = powers.reduce((a, b) => a + b, 0);
      expectNear(
        output,
        powers.map((power) => power / total),
      );
      expect(model.layers.map(({ type }) => type)).toEqual(["Dense", "ReLU", "Dropout", "Dense", "Softmax"]);
      await model.close();
    }
  });

  it("takes a dropout behind the last weights into them", async () => {
    const { model, output } = await predicted(
      list("MulLayer a", "AddLayer b", "Dropout c"),
      { a: w1, b: b1 },
      x,
    );
    expectNear(
      output,
      product(x, w1, b1).map((value) => 0.8 * value),
    );
    await model.close();
  });

  it("makes a network of sigmoids, without biases", async () => {
    const text = list("MulLayer a", "SigmoidLayer s", "MulLayer b");
    const hidden = product(x, w1).map((value) => 1 / (1 + Math.exp(-value)));
    const { model, output } = await predicted(text, { a: w1, b: w2 }, x);
    expectNear(output, product(hidden, w2));
    expect(model.parameters).toBe(30 + 15);
    await model.close();
  });

  it("tells the size of pictures from the weights of a convolutional network", async () => {
    const text = list(
      "ConvLayer conv",
      "ReLU act",
      "Dropout drop",
      "Flatten flat",
      "MulLayer mul",
      "AddLayer add",
    );
    const kernels = { conv: values(2, 1, 3, 3), mul: values(2 * 4 * 4, 3), add: values(3) };
    const picture = values(1, 1, 6, 6);
    const { model, output } = await predicted(text, kernels, [...picture.data]);
    expect(model.inputShape).toEqual([1, 6, 6]);
    const maps = [0, 1].flatMap((f) =>
      Array.from({ length: 16 }, (_, at) => {
        let sum = 0;
        for (let u = 0; u < 3; u++)
          for (let v = 0; v < 3; v++)
            sum += picture.data[((at >> 2) + u) * 6 + (at & 3) + v]! * kernels.conv.data[f * 9 + u * 3 + v]!;
        return 0.8 * Math.max(0, sum);
      }),
    );
    expectNear(output, product(maps, kernels.mul, kernels.add));
    await model.close();
    await using padded = await importLessons(text, npz(kernels), { threads: 1, padding: 1, stride: 1 });
    expect(padded.inputShape).toEqual([1, 4, 4]);
    expect(padded.scaling).toEqual({ kind: "divide", by: 255 });
  });

  it("trains on", async () => {
    await using model = await importLessons(DEEP, npz(arrays), { threads: 1, seed: 1 });
    model.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: softmaxCrossEntropy() });
    const data = {
      name: "rows",
      inputs: { data: Float32Array.from(values(60, 6).data), shape: [60, 6] },
      labels: { data: Uint8Array.from({ length: 60 }, (_, i) => i % 3), shape: [60] },
      scaling: { kind: "none" },
    } as const;
    const { epochs } = await model.fit(data, { epochs: 20 });
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
  });

  it("refuses what is no save of the lessons, in one sentence", async () => {
    const refusal = (text: string, files: Record<string, Values> = arrays) =>
      importLessons(text, npz(files), { threads: 1 }).then(
        () => "nothing thrown",
        ({ code, message }) => `${code}: ${message}`,
      );
    expect(await refusal("w.npz\nMulLayer")).toMatchInlineSnapshot(
      `"lessons-layers: The lessons' list of layers has 2 lines; expected the path of the weights, then for each layer a line with its class (MulLayer, AddLayer, ConvLayer, Dropout, LeakyReLU, ELU, Flatten, SigmoidLayer, ReLU, SoftmaxLayer) and one with its name."`,
    );
    expect(await refusal(list("MulLayr mul1"))).toMatchInlineSnapshot(
      `"lessons-layers: The lessons' list of layers names the class "MulLayr" in line 2; expected the path of the weights, then for each layer a line with its class (MulLayer, AddLayer, ConvLayer, Dropout, LeakyReLU, ELU, Flatten, SigmoidLayer, ReLU, SoftmaxLayer) and one with its name."`,
    );
    expect(await refusal(list("ReLU a", "AddLayer add1"))).toMatchInlineSnapshot(
      `"lessons-layers: The lessons' list of layers has an AddLayer in line 4 without a MulLayer before it; expected the path of the weights, then for each layer a line with its class (MulLayer, AddLayer, ConvLayer, Dropout, LeakyReLU, ELU, Flatten, SigmoidLayer, ReLU, SoftmaxLayer) and one with its name."`,
    );
    expect(
      await refusal(list("MulLayer mul1", "AddLayer add2", "MulLayer none"), {
        mul1: w2,
        add2: b1,
        more: b2,
      }),
    ).toMatchInlineSnapshot(
      `"lessons-weights: The lessons' weights do not fit their list of layers: "add2" has 5 values where 3 are expected; "none" is missing; "more" belongs to no layer; take the two files of one save."`,
    );
    expect(await refusal(list("ConvLayer mul1"), { mul1: w1 })).toMatchInlineSnapshot(
      `"lessons-weights: The lessons' weights do not fit their list of layers: "mul1" has shape [6, 5] where 4 dimensions are expected; take the two files of one save."`,
    );
    expect(
      await refusal(list("ReLU a", "Dropout d", "SigmoidLayer s", "MulLayer mul1"), { mul1: w1 }),
    ).toMatchInlineSnapshot(
      `"lessons-layers: The lessons' list of layers has a Dropout that no weights can make up for; expected the path of the weights, then for each layer a line with its class (MulLayer, AddLayer, ConvLayer, Dropout, LeakyReLU, ELU, Flatten, SigmoidLayer, ReLU, SoftmaxLayer) and one with its name."`,
    );
    expect(await refusal(list("ConvLayer c"), { c: values(2, 1, 3, 3) })).toMatchInlineSnapshot(
      `"lessons-shape: The lessons' weights do not tell the size of a sample; give inputShape."`,
    );
    await expect(importLessons(DEEP, npz(arrays), { dropout: 1 })).rejects.toThrow(
      "dropout must be in [0, 1), got 1.",
    );
    await expect(importLessons(DEEP, npz(arrays), { rate: 1 } as never)).rejects.toThrow('got "rate"');
    await expect(importLessons(DEEP, new Uint8Array(9))).rejects.toThrow(
      "weights: is not a whole .npz (zip) file.",
    );
  });
});

describe("loadLessons", () => {
  it("finds the weights beside it, and opens no other path that a list may name", async () => {
    const path = join(folder, "model.txt");
    await writeFile(path, DEEP.replaceAll("\n", "\r\n"));
    await expect(loadLessons(path)).rejects.toThrow(`${join(folder, "w.npz")}: there is no such file.`);
    await writeFile(join(folder, "w.npz"), npz(arrays));
    await using model = await loadLessons(path, { threads: 1 });
    expect(model.layers.length).toBeGreaterThan(0);
    await mkdir(join(folder, "far"));
    const elsewhere = join(folder, "far", "weights.npz");
    await writeFile(elsewhere, npz({ ...arrays, mul2: values(5, 3) }));
    await writeFile(path, DEEP.replace("weight/w.npz", elsewhere));
    await expect(loadLessons(path)).rejects.toThrow(`${join(folder, "weights.npz")}: there is no such file.`);
  });

  it.skipIf(process.platform === "win32")(
    "reads regular files only, whatever lies beside it under the name that a list says",
    async () => {
      const home = join(folder, "strange");
      await mkdir(join(home, "folder.npz"), { recursive: true });
      await writeFile(join(folder, "outside.npz"), npz(arrays));
      await symlink(join(folder, "outside.npz"), join(home, "link.npz"));
      await symlink("/dev/zero", join(home, "device.npz"));
      execFileSync("mkfifo", [join(home, "pipe.npz")]);
      const path = join(home, "model.txt");
      const refusal = async (named: string) => {
        await writeFile(path, DEEP.replace("weight/w.npz", named));
        return loadLessons(path).then(
          () => "nothing thrown",
          ({ code, message }) => `${code}: ${message.replaceAll(home, "HOME")}`,
        );
      };
      for (const kind of ["link", "device", "pipe", "folder"]) {
        const said = `file-unreadable: HOME/${kind}.npz: cannot be read: it is no regular file.`;
        expect(await refusal(`weight/${kind}.npz`)).toBe(said);
      }
      // What leads outside is looked for beside the list.
      expect(await refusal("../outside.npz")).toBe("file-missing: HOME/outside.npz: there is no such file.");
      expect(await refusal("/dev/zero")).toBe("file-missing: HOME/zero: there is no such file.");
      for (const nothing of ["..", "weight/"])
        expect(await refusal(nothing)).toMatch(/^file-unreadable: .*it is no regular file\.$/);
    },
  );

  it("takes no other text for a list, whose first line it would look for", async () => {
    const path = join(folder, "other.txt");
    const refusal = async (text: string) => {
      await writeFile(path, text);
      return loadLessons(path).then(
        () => "nothing thrown",
        ({ code, message }) => `${code}: ${message.split(";")[0]}`,
      );
    };
    expect(await refusal("")).toBe(
      "lessons-layers: The lessons' list of layers has nothing in its first line",
    );
    expect(await refusal("\nReLU\nrelu1\n")).toBe(
      "lessons-layers: The lessons' list of layers has nothing in its first line",
    );
    expect(await refusal("garbage\n")).toBe("lessons-layers: The lessons' list of layers has 1 line");
    expect(await refusal("a\nb\nc")).toBe(
      'lessons-layers: The lessons\' list of layers names the class "b" in line 2',
    );
    expect(await refusal(`w.npz\nReLU\nrelu1\n${"x".repeat(100)}\ny`)).toBe(
      `lessons-layers: The lessons' list of layers names the class "${"x".repeat(57)}..." in line 4`,
    );
  });
});
