import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { plainPng, pngFile } from "../../../test/support/png-file.js";
import { imageFolder } from "./image-folder.js";
import type { Picture } from "./picture.js";

const RED = [200, 10, 10] as const;
const BLUE = [10, 10, 200] as const;
const GREY = [99, 99, 99] as const;
const text = new TextEncoder().encode("no picture");

/** What a page or a program gives for files in memory. */
const files = (tree: Readonly<Record<string, Uint8Array>>) =>
  Object.entries(tree).map(([path, bytes]) => ({ path, read: async () => bytes }));

const TREE = {
  "zebras/b.png": plainPng(40, 30, RED),
  "zebras/a.PNG": plainPng(80, 70, BLUE),
  "apes/deep/er/1.png": plainPng(5, 5, GREY),
  "apes/.hidden.png": plainPng(5, 5, GREY),
  ".git/x/1.png": plainPng(5, 5, GREY),
  "apes/Thumbs.db": text,
};

describe("imageFolder", () => {
  it("takes one folder a class, in the order of their names, and makes pictures of several sizes alike", async () => {
    const { training, test, skipped, colourless, ...form } = await imageFolder(files(TREE));
    expect(colourless).toBe(1);
    expect([form, skipped, test]).toEqual([{ height: 32, width: 32, channels: 3 }, [], undefined]);
    expect(training.classNames).toEqual(["apes", "zebras"]);
    expect(training.labels).toEqual({ data: Uint32Array.of(0, 1, 1), shape: [3] });
    expect(training.inputs.shape).toEqual([3, 3, 32, 32]);
    expect(training.schema).toEqual({
      task: { kind: "classification" },
      input: { kind: "image", height: 32, width: 32, channels: 3, fit: "resize" },
    });
    expect(training.scaling).toEqual({ kind: "divide", by: 255 });
    const plane = (value: number) => new Array<number>(1024).fill(value);
    const want = [GREY, BLUE, RED].flatMap((colour) => colour.flatMap(plane));
    expect(Array.from(training.inputs.data)).toEqual(want);
  });

  it("keeps a small size that all have, and grey where there is no colour", async () => {
    const tree = { "a/1.png": plainPng(48, 20, GREY), "b/1.png": plainPng(48, 20, [0, 0, 0]) };
    const { training, ...form } = await imageFolder(files(tree));
    expect(form).toEqual({ skipped: [], height: 20, width: 48, channels: 1, colourless: 2 });
    expect(training.inputs.shape).toEqual([2, 1, 20, 48]);
    const large = { "a/1.png": plainPng(65, 20, GREY), "b/1.png": plainPng(65, 20, GREY) };
    expect(await imageFolder(files(large))).toMatchObject({ height: 32, width: 32 });
  });

  it("does as it is told about size and colours", async () => {
    expect((await imageFolder(files(TREE), { size: [8, 12], channels: 1 })).training.inputs.shape).toEqual([
      3, 1, 8, 12,
    ]);
    const grey = { "a/1.png": plainPng(9, 9, GREY), "b/1.png": plainPng(9, 9, GREY) };
    expect((await imageFolder(files(grey), { size: 4, channels: 3 })).training.inputs.shape).toEqual([
      2, 3, 4, 4,
    ]);
    await expect(imageFolder(files(grey), { size: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: pictures: size must be an integer of at least 1, or two of them, got 0.]`,
    );
    await expect(imageFolder(files(grey), { channels: 2 as 1 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: pictures: channels must be 1 or 3, got 2.]`,
    );
  });

  it("names what it skips, and goes on", async () => {
    const { training, skipped } = await imageFolder(
      files({
        ...TREE,
        "apes/broken.png": plainPng(5, 5, GREY).subarray(0, 50),
        "apes/notes.txt": text,
        "zebras/empty.jpg": new Uint8Array(0),
        "labels.csv": text,
      }),
    );
    expect(training.labels.data).toHaveLength(3);
    expect(skipped).toMatchInlineSnapshot(`
      [
        {
          "path": "apes/broken.png",
          "reason": "is not a whole PNG file; export the picture again.",
        },
        {
          "path": "apes/notes.txt",
          "reason": "is not a picture that Loam knows; save it as PNG or JPEG.",
        },
        {
          "path": "labels.csv",
          "reason": "lies beside the classes' folders and not in one of them",
        },
        {
          "path": "zebras/empty.jpg",
          "reason": "is an empty file; save it as PNG or JPEG.",
        },
      ]
    `);
  });

  it("says what is missing when there is nothing to learn", async () => {
    await expect(imageFolder([], { name: "empty" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: empty: expected one folder a class with PNG or JPEG pictures in it, got no files.]`,
    );
    await expect(
      imageFolder(files({ "1.png": plainPng(5, 5, RED), "2.png": text })),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: pictures: expected one folder a class with PNG or JPEG pictures in it, got none among 2 files (1.png: lies beside the classes' folders and not in one of them …).]`,
    );
    await expect(
      imageFolder(files({ "all/1.png": plainPng(5, 5, RED), "other/1.txt": text })),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: pictures: all pictures lie in one folder, "all", and there is nothing to tell them from (other/1.txt: is not a picture that Loam knows; save it as PNG or JPEG); give a folder of two classes or more, each with a folder of its own.]`,
    );
  });

  it("takes train and test for parts when the classes' folders are in them", async () => {
    const parts = {
      "train/a/1.png": plainPng(4, 4, RED),
      "train/b/1.png": plainPng(4, 4, BLUE),
      "test/b/2.png": plainPng(4, 4, BLUE),
      "test/c/2.png": plainPng(4, 4, BLUE),
      "val/a/3.png": plainPng(4, 4, RED),
    };
    const { training, test, skipped } = await imageFolder(files(parts), { name: "data" });
    expect(training.classNames).toEqual(["a", "b"]);
    expect(Array.from(training.labels.data)).toEqual([0, 1, 0]);
    expect([test?.name, Array.from(test!.labels.data)]).toEqual(["data (test)", [1]]);
    expect(skipped).toEqual([
      { path: "test/c/2.png", reason: 'is of the class "c", which training has not' },
    ]);
    const { "test/b/2.png": _b, "test/c/2.png": _c, ...withoutTest } = parts;
    expect((await imageFolder(files(withoutTest))).test?.labels.data).toEqual(Uint32Array.of(0));
    // Folders of classes that happen to be called so.
    const classes = { "train/1.png": plainPng(4, 4, RED), "bus/1.png": plainPng(4, 4, BLUE) };
    expect((await imageFolder(files(classes))).training.classNames).toEqual(["bus", "train"]);
  });

  it("reads a path, and a page's files, to the same samples", async ({ onTestFinished }) => {
    const root = mkdtempSync(join(tmpdir(), "loam-pictures-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    for (const [path, bytes] of Object.entries(TREE)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), bytes);
    }
    const fromPath = await imageFolder(root, { name: "zoo" });
    const given = Object.entries(TREE).map(([path, bytes]) => {
      const file = new File([Uint8Array.from(bytes)], path.split("/").at(-1)!);
      return Object.defineProperty(file, "webkitRelativePath", { value: `zoo/${path}` });
    });
    expect(await imageFolder(given, { name: "zoo" })).toEqual(fromPath);
    expect(fromPath.training.labels.data).toHaveLength(3);
    await expect(imageFolder(join(root, "none"))).rejects.toMatchObject({ code: "folder-missing" });
  });

  it("says at which size more pictures than 4 GiB hold would have room", async () => {
    // Two of 40,000 x 30,000 in colours: 7.2e9 bytes, by their sizes alone; 4 GiB are 0.597 of that, and its root is 0.772.
    const cache = {
      get: async () => ({ width: 40_000, height: 30_000, rgb: new Uint8Array() }),
      put: async () => {},
    };
    const two = files({ "a/1.png": text, "b/1.png": text });
    await expect(imageFolder(two, { size: [30_000, 40_000], channels: 3, cache })).rejects.toMatchObject({
      code: "pictures-too-many",
      message:
        "pictures: 2 pictures of 30000x40000 take 6.7 GiB, and 4 GiB have room; take them at 23170x30893 or smaller, or fewer of them, or have them streamed with memory.",
    });
  });

  it("asks its cache first, and gives the same with it", async () => {
    const kept = new Map<string, Picture>();
    let read = 0;
    const counted = files(TREE).map(({ path, read: from }) => ({
      path,
      read: () => {
        read++;
        return from();
      },
    }));
    const cache = {
      get: async (path: string) => kept.get(path),
      put: async (path: string, picture: Picture) => void kept.set(path, picture),
    };
    const first = await imageFolder(counted, { cache });
    expect([read, kept.size]).toEqual([3, 3]);
    expect(await imageFolder(counted, { cache })).toEqual(first);
    expect(read).toBe(3);
    expect(await imageFolder(counted)).toEqual(first);
  });

  it("makes a large picture small as it would the small one's double", async () => {
    const sample = (x: number, y: number) => (x + y) % 200;
    const large = pngFile({
      width: 128,
      height: 128,
      depth: 8,
      type: 0,
      sample: (x, y) => sample(x >> 2, y >> 2),
    });
    const small = pngFile({ width: 32, height: 32, depth: 8, type: 0, sample });
    const one = await imageFolder(files({ "a/1.png": large, "b/1.png": large }));
    const other = await imageFolder(files({ "a/1.png": small, "b/1.png": small }));
    expect(one.training.inputs).toEqual(other.training.inputs);
  });
});
