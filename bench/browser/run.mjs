// Bundles the benchmarks for a page, serves them with the headers that threads need, and drives Chromium.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { launchChromium } from "../../scripts/chromium.mjs";
import { ISOLATED, serveFolder } from "../../scripts/serve-folder.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Opens the page and calls `work(runPart, version)`; everything is closed and removed afterwards. */
export async function withBrowser(work) {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-bench-"));
  try {
    await build({
      root: here,
      base: "./",
      configFile: false,
      logLevel: "error",
      worker: { format: "es" },
      build: { target: "es2022", outDir: folder, emptyOutDir: true, modulePreload: false },
    });
    const server = await serveFolder(folder, ISOLATED);
    try {
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        await page.goto(server.url);
        await page.waitForFunction(() => globalThis.runPart !== undefined);
        const runPart = (part, options) =>
          page.evaluate(([name, given]) => globalThis.runPart(name, given), [part, options]);
        return await work(runPart, `Chromium ${browser.version()}`);
      } finally {
        await browser.close();
      }
    } finally {
      await server.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
