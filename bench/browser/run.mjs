// Bundles the benchmarks for a page, serves them with the headers that threads need, and drives Chromium.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { launchChromium } from "../../scripts/chromium.mjs";
import { ISOLATED, serveFolder } from "../../scripts/serve-folder.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Opens the page and calls `work(runPart, version, page)`; everything is closed and removed afterwards.
 * @param headers What the page is served with; without those of threads it has one.
 */
export async function withBrowser(work, headers = ISOLATED) {
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
    const server = await serveFolder(folder, headers);
    try {
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        await page.goto(server.url);
        await page.waitForFunction(() => globalThis.runPart !== undefined);
        const runPart = (part, options) =>
          page.evaluate(([name, given]) => globalThis.runPart(name, given), [part, options]);
        return await work(runPart, `Chromium ${browser.version()}`, page);
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

/** How long a page waits for fits of a gesture trainer's network: served with the headers of threads and without, called in the page and in its worker. */
export async function measureFits(times) {
  const rows = [];
  for (const [served, headers] of Object.entries({ isolated: ISOLATED, plainly: {} })) {
    for (const where of ["page", "worker"]) {
      await withBrowser(async (_, __, page) => {
        const measured = ([from, count]) => globalThis.measureFits(from, count);
        const { fits, blocked } = await page.evaluate(measured, [where, times]);
        const [first, ...others] = fits.map(({ milliseconds }) => milliseconds);
        const [{ accuracy }] = fits;
        rows.push({ name: where, served, first, least: Math.min(...others), blocked, accuracy });
      }, headers);
    }
  }
  return rows;
}
