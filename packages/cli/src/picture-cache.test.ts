import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../test/support.js";
import { FolderCache, pictureCacheFolder } from "./picture-cache.js";

let before: string | undefined;
beforeEach(() => {
  before = process.env.XDG_CACHE_HOME;
});
afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
});

const picture = (value: number) => ({ width: 2, height: 3, rgb: new Uint8Array(18).fill(value) });

/** A folder of three files, and a cache folder, both gone when the test is over. */
function setUp(context: Parameters<typeof temporaryFolder>[0]): string {
  const root = temporaryFolder(context);
  process.env.XDG_CACHE_HOME = join(root, "cache");
  const folder = join(root, "pictures");
  mkdirSync(folder);
  for (const name of ["a.png", "b.png", "c.png"]) writeFileSync(join(folder, name), name);
  return folder;
}

async function fill(folder: string, size: string, values: Readonly<Record<string, number>>, most?: number) {
  const cache = await FolderCache.open(folder, size, most);
  for (const [path, value] of Object.entries(values)) {
    const known = await cache.get(path);
    await cache.put(path, known ?? picture(value));
  }
  return cache.keep();
}

it("lies where the system says, else below the home", () => {
  process.env.XDG_CACHE_HOME = "/somewhere";
  expect(pictureCacheFolder()).toBe("/somewhere/loam/pictures");
  process.env.XDG_CACHE_HOME = "relative";
  expect(pictureCacheFolder()).toMatch(/\/\.cache\/loam\/pictures$/);
});

it("gives back what was put, for the same folder and size, while a file is as it was", async (context) => {
  const folder = setUp(context);
  expect(await fill(folder, "auto", { "a.png": 1, "b.png": 2 })).toBeUndefined();
  expect(readdirSync(folder)).toEqual(["a.png", "b.png", "c.png"]);
  const again = await FolderCache.open(folder, "auto");
  const { rgb, ...size } = (await again.get("a.png"))!;
  expect([size, Array.from(rgb)]).toEqual([{ width: 2, height: 3 }, new Array(18).fill(1)]);
  expect(Array.from((await again.get("b.png"))!.rgb)).toEqual(new Array(18).fill(2));
  expect(await again.get("c.png")).toBeUndefined();
  expect(await (await FolderCache.open(folder, "8x8")).get("a.png")).toBeUndefined();
  writeFileSync(join(folder, "a.png"), "another");
  utimesSync(join(folder, "b.png"), new Date(0), new Date(0));
  const later = await FolderCache.open(folder, "auto");
  expect([await later.get("a.png"), await later.get("b.png")]).toEqual([undefined, undefined]);
});

it("forgets pictures that are gone", async (context) => {
  const folder = setUp(context);
  await fill(folder, "auto", { "a.png": 1, "b.png": 2 });
  await fill(folder, "auto", { "a.png": 1, "c.png": 3 });
  const cache = await FolderCache.open(folder, "auto");
  expect((await cache.get("a.png"))?.rgb[0]).toBe(1);
  expect(await cache.get("b.png")).toBeUndefined();
  expect((await cache.get("c.png"))?.rgb[0]).toBe(3);
});

it("keeps to its size: what was used least recently goes", async (context) => {
  const folder = setUp(context);
  const most = 400; // some 120 bytes a cache of one picture
  const files = () => readdirSync(pictureCacheFolder());
  for (const [i, size] of ["1x1", "2x2", "3x3"].entries()) {
    await fill(folder, size, { "a.png": 1 }, most);
    for (const name of files()) {
      const path = join(pictureCacheFolder(), name);
      if (statSync(path).mtimeMs > 1e12) utimesSync(path, i + 1, i + 1);
    }
  }
  expect(files()).toHaveLength(3);
  await fill(folder, "1x1", { "a.png": 1 }, most); // used again
  await fill(folder, "4x4", { "a.png": 1 }, most);
  const kept = async (size: string) =>
    (await (await FolderCache.open(folder, size)).get("a.png")) !== undefined;
  expect([await kept("1x1"), await kept("2x2"), await kept("4x4")]).toEqual([true, false, true]);
  await fill(folder, "5x5", { "a.png": 1 }, 20);
  expect(await kept("5x5")).toBe(false);
});

it("gives what was put before it is kept and after, and keeps the first of more than have room", async (context) => {
  const folder = setUp(context);
  const large = { width: 300, height: 400, rgb: new Uint8Array(360_000).fill(7) };
  // Some 360,100 bytes each: two have room.
  const cache = await FolderCache.open(folder, "auto", 800_000);
  const names = ["a.png", "b.png", "c.png"];
  for (const [i, path] of names.entries()) {
    expect(await cache.get(path)).toBeUndefined();
    await cache.put(path, { ...large, rgb: large.rgb.map(() => i) });
  }
  const firsts = async (one: FolderCache) =>
    Promise.all(names.map(async (path) => (await one.get(path))?.rgb.at(-1)));
  expect(await firsts(cache)).toEqual([0, 1, undefined]);
  await cache.keep();
  expect(await firsts(cache)).toEqual([0, 1, undefined]);
  // What others make of the folder meanwhile, and of the cache, does not matter to it.
  writeFileSync(join(folder, "a.png"), "another");
  for (const name of readdirSync(pictureCacheFolder())) rmSync(join(pictureCacheFolder(), name));
  expect(await firsts(cache)).toEqual([0, 1, undefined]);
});

it("moves what it had before beside what is new, and what a killed process left goes", async (context) => {
  const folder = setUp(context);
  await fill(folder, "auto", { "b.png": 2, "c.png": 3 });
  const left = join(pictureCacheFolder(), "x.bin.00000000.part");
  writeFileSync(left, "");
  utimesSync(left, 1, 1);
  await fill(folder, "auto", { "a.png": 1, "b.png": 2, "c.png": 3 });
  const cache = await FolderCache.open(folder, "auto");
  const found = await Promise.all(["a.png", "b.png", "c.png"].map((path) => cache.get(path)));
  expect(found.map((one) => Array.from(one!.rgb))).toEqual(
    [1, 2, 3].map((value) => new Array(18).fill(value)),
  );
  expect(readdirSync(pictureCacheFolder())).toHaveLength(1);
});

it("is as good as none when it is damaged, and says when it cannot be written", async (context) => {
  const folder = setUp(context);
  await fill(folder, "auto", { "a.png": 1 });
  const file = join(pictureCacheFolder(), readdirSync(pictureCacheFolder())[0]!);
  for (const bytes of ["", "no cache", Buffer.from("4c4f414d0200000005000000", "hex")]) {
    writeFileSync(file, bytes);
    expect(await (await FolderCache.open(folder, "auto")).get("a.png")).toBeUndefined();
  }
  process.env.XDG_CACHE_HOME = join(folder, "a.png");
  expect(await fill(folder, "auto", { "a.png": 1 })).toMatch(
    /^the decoded pictures are not kept for the next time: /,
  );
});
