import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { pngFile } from "../../nn/test/support/png-file.js";
import { idx, loam, temporaryFolder } from "./support.js";

/** Stripes across or down, of a width and a shade that differ from picture to picture, off the middle: no drawing that could be centred. */
function stripes(across: boolean, i: number, side = 28): Uint8Array {
  const shade = (i * 37) % 60;
  const sample = (x: number, y: number) => (((across ? y : x) + i) % 8 < 4 ? 40 + shade : 190 - shade);
  return pngFile({ width: side, height: side + (i % 3), depth: 8, type: 0, sample });
}

function write(root: string, files: Readonly<Record<string, Uint8Array | string>>): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
}

/** A folder of two classes, and where the command keeps its pictures. */
function setUp(context: Parameters<typeof temporaryFolder>[0], each = 20) {
  const root = temporaryFolder(context);
  const numbers = [...Array(each).keys()];
  write(
    join(root, "pictures"),
    Object.fromEntries(
      numbers.flatMap((i) => [
        [`across/${i}.png`, stripes(true, i)],
        [`down/${i}.png`, stripes(false, i)],
      ]),
    ),
  );
  const cache = join(root, "cache");
  const run = (...words: string[]) => loam(words, root, { XDG_CACHE_HOME: cache });
  return { root, cache, run };
}

const TRAIN = [
  "train",
  "--data",
  "pictures",
  "--seed",
  "1",
  "--threads",
  "1",
  "--epochs",
  "40",
  "--out",
  "run",
];
const MODEL = join("run", "model.safetensors");

describe("a folder of pictures", () => {
  test("is trained on as it is, and the model then tells pictures apart, as they are", async (context) => {
    const { root, cache, run } = setUp(context);
    write(join(root, "pictures"), {
      "across/broken.png": stripes(true, 1).subarray(0, 60),
      "across/.DS_Store": "x",
      "down/notes.txt": "stripes",
    });
    const { code, stderr, stdout } = await run(...TRAIN);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("data      pictures, 34 samples; 6 held out"),
    ]);
    expect(stderr).toContain(
      "target    2 classes (across 20, down 20); pictures of 32x32, grey\nskipped   2 files: across/broken.png (is not a whole PNG file), down/notes.txt (is not a picture that Loam knows)\n",
    );
    expect(stdout).toContain("held out       accuracy 100.00 % of 6 samples");
    // In the person's folder is what was there; in the cache, one file.
    expect(readdirSync(join(root, "pictures", "down"))).toHaveLength(21);
    expect(readdirSync(join(cache, "loam", "pictures"))).toHaveLength(1);

    write(
      root,
      Object.fromEntries(
        [40, 41, 42].flatMap((i) => [
          [`a${i}.png`, stripes(true, i, 50)],
          [`d${i}.png`, stripes(false, i, 50)],
        ]),
      ),
    );
    const names = [40, 41, 42].flatMap((i) => [`a${i}.png`, `d${i}.png`]);
    const told = await run("predict", MODEL, ...names, "--json");
    const { predictions } = JSON.parse(told.stdout) as { predictions: { class: string }[] };
    expect(predictions.map((one) => one.class)).toEqual([
      "across",
      "down",
      "across",
      "down",
      "across",
      "down",
    ]);

    write(root, { "bad.png": "no picture", "old.gif": "GIF89a" });
    const mixed = await run("predict", MODEL, "a40.png", "bad.png", "d40.png", "old.gif");
    expect(mixed.code).toBe(1);
    expect(mixed.stdout.split("\n").map((line) => line.split(/\s+/)[1] ?? "")).toEqual([
      "across",
      "down",
      "",
    ]);
    expect(mixed.stderr).toContain(
      "loam: bad.png: is not a picture that Loam knows; save it as PNG or JPEG.\n",
    );
    expect(mixed.stderr).toContain("loam: old.gif: is a GIF; save it as PNG or JPEG.\n");

    const measured = await run("evaluate", MODEL, "--data", "pictures", "--json");
    expect(JSON.parse(measured.stdout)).toMatchObject({ accuracy: 1, samples: 40 });
  });

  test("of the same small size keeps it, and is seen in the same bits from the cache", async (context) => {
    const { root, cache, run } = setUp(context, 4);
    const files = readdirSync(join(root, "pictures", "down"));
    for (const [i, name] of files.entries())
      for (const kind of ["across", "down"])
        writeFileSync(join(root, "pictures", kind, name), stripes(kind === "across", 3 * i, 20));
    const words = ["train", "--data", "pictures", "--seed", "1", "--epochs", "2", "--json"];
    const first = await run(...words, "--out", "one");
    expect(first.stderr).toContain("pictures of 20x20, grey");
    const file = join(cache, "loam", "pictures", readdirSync(join(cache, "loam", "pictures"))[0]!);
    // The pixels before the index are what the second run is to see: were they black, it would tell.
    const second = await run(...words, "--out", "two");
    const hash = (stdout: string) => (JSON.parse(stdout) as { weightsHash: string }).weightsHash;
    expect(hash(second.stdout)).toBe(hash(first.stdout));
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0, 8, bytes.length - 4 - bytes.readUInt32LE(bytes.length - 4)));
    const third = await run(...words, "--out", "three");
    expect([third.code, hash(third.stdout) === hash(first.stdout)]).toEqual([0, false]);
  });

  test.for<readonly string[]>([
    ["--size", "12x16", "--channels", "rgb", "--augment", "flip,turn", "--limit", "21"],
    ["--folds", "3", "--fold", "2", "--class-weight", "balanced", "--patience", "2"],
  ])("of more than memory is to hold is streamed, to the same bits: %j", async (words, context) => {
    const { run } = setUp(context, 14);
    const train = (out: string, ...more: string[]) =>
      run(...TRAIN.slice(0, 7), "--epochs", "3", "--json", "--out", out, ...words, ...more);
    const [whole, streamed] = [await train("whole"), await train("streamed", "--memory", "0")];
    const told = ({ stdout }: typeof whole) => {
      const {
        seconds: _,
        samplesPerSecond: __,
        model: ___,
        ...result
      } = JSON.parse(stdout) as Record<string, unknown>;
      return result;
    };
    expect([streamed.code, told(streamed)]).toEqual([0, told(whole)]);
    expect(streamed.stderr).toContain("; more than memory is to hold, and read while they are trained on\n");
    expect(whole.stderr).not.toContain("more than memory");
    expect((await run("report", "streamed")).code).toBe(0);
  });

  test("that is streamed is gone on with, and trained on further", async (context) => {
    const { root, run } = setUp(context, 8);
    const words = (...more: string[]) => run(...TRAIN.slice(0, 7), "--memory", "0", "--json", ...more);
    const hash = ({ stdout }: { readonly stdout: string }) =>
      (JSON.parse(stdout) as { weightsHash: string }).weightsHash;
    const long = await words("--epochs", "4", "--patience", "9", "--out", "long");
    await words("--epochs", "2", "--patience", "9", "--out", "short");
    const further = await run("train", "--resume", "short", "--epochs", "4", "--json");
    expect([further.code, hash(further)]).toEqual([0, hash(long)]);
    writeFileSync(join(root, "pictures", "down", "3.png"), stripes(false, 5));
    const changed = await run("train", "--resume", "short", "--epochs", "6");
    expect([changed.code, changed.stderr]).toEqual([
      1,
      expect.stringContaining("the training data is not what the checkpoint was made with"),
    ]);
    const from = [
      "train",
      "--data",
      "pictures",
      "--from",
      join("short", "model.safetensors"),
      "--seed",
      "1",
      "--epochs",
      "1",
      "--json",
    ];
    const [whole, streamed] = [
      await run(...from, "--out", "a"),
      await run(...from, "--memory", "0", "--out", "b"),
    ];
    expect([streamed.code, hash(streamed)]).toEqual([0, hash(whole)]);
  });

  test("takes the size, the colours and the copies that are asked for", async (context) => {
    const { run } = setUp(context, 5);
    const words = [
      ...TRAIN,
      "--size",
      "12x16",
      "--channels",
      "rgb",
      "--augment",
      "flip,shift",
      "--epochs",
      "1",
    ];
    const { code, stderr } = await run(...words);
    expect([code, stderr]).toEqual([0, expect.stringContaining("pictures of 12x16, in colours")]);
    expect(stderr).toContain("data      pictures with 3 varied copies of each, 32 samples; 2 held out"); // (10 − 2) · 4
    const summary = await run("summary", MODEL, "--json");
    expect(JSON.parse(summary.stdout)).toMatchObject({ inputShape: [3, 12, 16] });
  });

  test("with train and test in it has its own test", async (context) => {
    const { root, run } = setUp(context, 6);
    const numbers = [6, 7];
    const parts = (part: string, kind: string, list: readonly number[]) =>
      list.map((i) => [`${part}/${kind}/${i}.png`, stripes(kind === "across", i)] as const);
    write(
      join(root, "split"),
      Object.fromEntries([
        ...parts("train", "across", [0, 1, 2, 3, 4, 5]),
        ...parts("train", "down", [0, 1, 2, 3, 4, 5]),
        ...parts("test", "across", numbers),
        ...parts("test", "down", numbers),
      ]),
    );
    const { stdout } = await run(
      "train",
      "--data",
      "split",
      "--seed",
      "1",
      "--epochs",
      "1",
      "--json",
      "--out",
      "run",
    );
    const result = JSON.parse(stdout) as { testConfusion: number[][] };
    expect(result.testConfusion.flat().reduce((sum, count) => sum + count)).toBe(4);
    const other = await run(
      "train",
      "--data",
      "pictures",
      "--test-data",
      "split",
      "--seed",
      "1",
      "--epochs",
      "1",
      "--out",
      "other",
    );
    expect([other.code, other.stdout]).toEqual([0, expect.stringMatching(/test accuracy .* of 4 samples/)]);
  });

  test.for<readonly [words: readonly string[], code: number, says: string]>([
    [["--memory", "x"], 2, "--memory must be an integer from 0 to 1048576, got"],
    [
      ["--data", "digits", "--memory", "20"],
      2,
      "--memory is for folders of pictures; other data is read as its kind needs.",
    ],
    [
      ["--memory", "0", "--augment", "2"],
      2,
      "--augment 2 distorts drawn digits in memory, and these pictures take more than they may of it;",
    ],
    [["--size", "0"], 2, "--size must be a side, or height x width such as 64x48, got"],
    [["--channels", "gray"], 2, '--channels must be one of grey, rgb, got "gray" (did you mean "grey"?).'],
    [
      ["--augment", "spin"],
      2,
      "--augment must be how many distorted copies of drawn digits to add, from 1 to 100, or how to vary pictures (flip, shift, zoom, turn, light, cutout), got",
    ],
    [
      ["--data", "digits", "--size", "20"],
      2,
      "--size is for folders of pictures; other data has a size of its own.",
    ],
    [
      ["--classes", "3"],
      2,
      "--classes is for data without names of classes; those of pictures are their folders.",
    ],
    [
      ["--data", "one"],
      1,
      'one: all pictures lie in one folder, "only", and there is nothing to tell them from',
    ],
    [
      ["--data", "none"],
      1,
      "none: expected one folder a class with PNG or JPEG pictures in it, got none among 1 files",
    ],
  ])("%j is refused in a sentence", async ([words, code, says], context) => {
    const root = temporaryFolder(context);
    write(root, {
      "one/only/1.png": stripes(true, 1),
      "none/a/1.doc": "x",
      "pictures/a/1.png": stripes(true, 1),
      "pictures/b/1.png": stripes(true, 2),
    });
    const ended = await loam(["train", "--data", "pictures", ...words], root, {
      XDG_CACHE_HOME: join(root, "cache"),
    });
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(`loam: ${says}`)]);
    expect(existsSync(join(root, "runs")) ? readdirSync(join(root, "runs")) : []).toEqual([]);
  });
});

describe("other files of pictures", () => {
  /** An array of NumPy: version 1.0 of its format. */
  function npy(shape: readonly number[], data: readonly number[]): Uint8Array {
    const words = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`.padEnd(
      117,
      " ",
    );
    return Uint8Array.from([
      0x93,
      0x4e,
      0x55,
      0x4d,
      0x50,
      0x59,
      1,
      0,
      118,
      0,
      ...new TextEncoder().encode(`${words}\n`),
      ...data,
    ]);
  }
  const words = (data: string) => [
    "train",
    "--data",
    data,
    "--seed",
    "1",
    "--threads",
    "1",
    "--epochs",
    "1",
    "--out",
    "run",
  ];

  test("a .npz with x and y", async (context) => {
    const { root, run } = setUp(context, 1);
    const x = Array.from({ length: 20 * 48 }, (_, i) => (i * 7) % 256);
    write(root, {
      "data.npz": zipSync({
        "x.npy": npy([20, 4, 4, 3], x),
        "y.npy": npy(
          [20],
          x.slice(0, 20).map((v) => v % 2),
        ),
      }),
    });
    const { code, stderr } = await run(...words("data.npz"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("data      data.npz, 20 samples")]);
  });

  test("CIFAR's batches", async (context) => {
    const { root, run } = setUp(context, 1);
    const records = Uint8Array.from({ length: 40 * 3073 }, (_, i) =>
      i % 3073 === 0 ? Math.floor(i / 3073) % 10 : i % 251,
    );
    write(root, {
      "cifar/data_batch_1.bin": records,
      "cifar/test_batch.bin": records.subarray(0, 3073 * 10),
    });
    const { code, stderr, stdout } = await run(...words("cifar"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("network   pictures, ")]);
    expect(stderr).toContain("data      CIFAR-10, 40 samples; 10 held out for the test");
    expect(stdout).toMatch(/test accuracy .* of 10 samples/);
  });

  test("IDX files of other things than drawn digits: a picture that the model is shown is no digit either", async (context) => {
    const { root, run } = setUp(context, 1);
    const pixels = (across: boolean, i: number) =>
      Array.from({ length: 784 }, (_, at) => {
        const [x, y] = [at % 28, Math.floor(at / 28)];
        return ((across ? y : x) + i) % 14 < 7 ? 40 : 190;
      });
    const labels = Array.from({ length: 60 }, (_, i) => i % 2);
    write(root, {
      "own/train-images-idx3-ubyte": idx(
        [60, 28, 28],
        labels.flatMap((label, i) => pixels(label === 0, i)),
      ),
      "own/train-labels-idx1-ubyte": idx([60], labels),
      ...Object.fromEntries(
        [0, 1, 2, 3].map((i) => {
          const all = pixels(i % 2 === 0, 5 * i);
          return [
            `${i}.png`,
            pngFile({ width: 28, height: 28, depth: 8, type: 0, sample: (x, y) => all[y * 28 + x]! }),
          ];
        }),
      ),
    });
    expect((await run(...words("own"), "--model", "lenet", "--epochs", "40")).code).toBe(0);
    const { stdout } = await run("predict", MODEL, "0.png", "1.png", "2.png", "3.png", "--json");
    const { predictions } = JSON.parse(stdout) as { predictions: { label: number; probability: number }[] };
    expect(predictions.map(({ label }) => label)).toEqual([0, 1, 0, 1]);
    for (const { probability } of predictions) expect(probability).toBeGreaterThan(0.9);
  });

  test("one of EMNIST's sets", async (context) => {
    const { root, run } = setUp(context, 1);
    const pixels = Array.from({ length: 30 * 64 }, (_, i) => i % 256);
    const set = (name: string, labels: number[]) => ({
      [`emnist/emnist-${name}-train-images-idx3-ubyte`]: idx([30, 8, 8], pixels),
      [`emnist/emnist-${name}-train-labels-idx1-ubyte`]: idx([30], labels),
    });
    const labels = Array.from({ length: 30 }, (_, i) => 1 + (i % 2));
    write(root, {
      ...set("letters", labels),
      ...set("digits", labels),
      "emnist/emnist-letters-mapping.txt": "1 65 97\n2 66 98\n",
    });
    const { code, stderr } = await run(...words("emnist/emnist-letters"));
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("data      emnist-letters-train-images-idx3-ubyte, 30 samples"),
    ]);
    const both = await run("train", "--data", "emnist", "--out", "other");
    expect([both.code, both.stderr]).toEqual([
      1,
      expect.stringContaining("name one of them, as emnist/emnist-digits"),
    ]);
  });
});
