import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchChromium } from "../../scripts/chromium.mjs";
import { serveFolder } from "../../scripts/serve-folder.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "loam-storage-"));
  const source = path.join(folder, "source");
  await symlink(path.join(root, "test/browser/storage"), source);
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

it("a page keeps models and checkpoints, and finds them when it is opened again", async () => {
  const server = await serveFolder(path.join(folder, "site"), {});
  const page = await browser.newPage();
  const ask = async (what: string) => {
    await page.waitForFunction(() => "storageWorks" in window);
    return page.evaluate(
      (name) => (window as unknown as { storageWorks: Record<string, () => unknown> }).storageWorks[name]!(),
      what,
    );
  };
  try {
    await page.goto(server.url);
    const hash = await ask("keep");
    await page.reload();
    expect(await ask("find")).toEqual({ hash, names: ["bytes", "sums"], bytes: [2, 3] });
    const [whole, parts] = (await ask("goOn")) as string[];
    expect(parts).toBe(whole);
    expect(await ask("forget")).toEqual(["storage-missing", ["bytes", "run"]]);
    // The files that someone chose give the bits of the data in memory.
    expect(await ask("files")).toEqual([hash, hash]);
  } finally {
    await page.close();
    await server.close();
  }
}, 60_000);
