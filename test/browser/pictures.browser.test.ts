import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { imageFolder } from "../../packages/nn/src/data/pictures/index.js";
import { pngFile } from "../../packages/nn/test/support/png-file.js";
import { builtPage, root } from "./built-page.js";

const { visit } = builtPage("pictures");

it("a page reads a folder's files to the same bytes as Node", async () => {
  const jpeg = await readFile(path.join(root, "packages/nn/test/fixtures/jpeg/progressive.jpg"));
  const sample = (x: number, y: number, k: number) => (x * 31 + y * 57 + k * 90) % 256;
  const tree = {
    "apes/1.jpg": jpeg,
    "apes/broken.png": Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
    "bees/1.png": pngFile({
      width: 70,
      height: 90,
      depth: 8,
      type: 6,
      interlaced: true,
      filter: "all",
      sample,
    }),
  };
  const files = Object.entries(tree).map(([name, bytes]) => ({
    path: name,
    read: async () => new Uint8Array(bytes),
  }));
  const { training, skipped, ...form } = await imageFolder(files, { name: "zoo" });
  expect([skipped.length, form]).toEqual([1, { height: 32, width: 32, channels: 3, colourless: 0 }]);

  await visit(async (page, url) => {
    await page.goto(url);
    await page.waitForFunction(() => "readPictures" in window);
    const plain = Object.fromEntries(Object.entries(tree).map(([name, bytes]) => [name, Array.from(bytes)]));
    const seen = await page.evaluate(
      (given) =>
        (window as unknown as { readPictures: (tree: object) => Promise<object> }).readPictures(given),
      plain,
    );
    expect(seen).toEqual({
      ...form,
      skipped,
      classNames: training.classNames,
      data: Array.from(training.inputs.data),
      labels: Array.from(training.labels.data),
    });
    const white = [255, 255, 255];
    const drawn = { width: 3, height: 2, rgb: [0, 1].flatMap(() => [...white, 10, 20, 30, ...white]) };
    expect(
      await page.evaluate(() => (window as unknown as { readPage: () => Promise<object> }).readPage()),
    ).toEqual({ canvas: drawn, image: drawn, pixels: drawn, bitmap: drawn, empty: "page-picture" });
  });
}, 60_000);
