import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { imageFolder } from "../../packages/nn/src/data/pictures/index.js";
import { pngFile } from "../../packages/nn/test/support/png-file.js";
import { launchChromium } from "../../scripts/chromium.mjs";
import { serveFolder } from "../../scripts/serve-folder.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "loam-pictures-"));
  const source = path.join(folder, "source");
  await symlink(path.join(root, "test/browser/pictures"), source);
  await build({
    root: source,
    configFile: false,
    logLevel: "error",
    build: { target: "es2022", outDir: path.join(folder, "site"), emptyOutDir: true },
  });
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

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
  expect([skipped.length, form]).toEqual([1, { height: 32, width: 32, channels: 3 }]);

  const server = await serveFolder(path.join(folder, "site"), {});
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
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
  } finally {
    await page.close();
    await server.close();
  }
}, 60_000);
