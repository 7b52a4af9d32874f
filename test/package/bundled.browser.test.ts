import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Browser } from "playwright-core";
import { build as viteBuild } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../../scripts/chromium.mjs";
import { ISOLATED, serveFolder } from "../../scripts/serve-folder.mjs";
import { installPacked, type Packed, tool, trainInNode } from "./packages.js";

interface Esbuild {
  build(options: Record<string, unknown>): Promise<unknown>;
}

interface WebpackStats {
  toJson(what: Record<string, boolean>): { errors: unknown[]; warnings: unknown[] };
}

interface Webpack {
  (
    options: Record<string, unknown>,
  ): {
    run(done: (error: Error | null, stats: WebpackStats | undefined) => void): void;
  };
  readonly DefinePlugin: new (values: Record<string, string>) => unknown;
}

let packed: Packed;
let browser: Browser;
let inNode: { hash: string };

beforeAll(async () => {
  packed = await installPacked();
  [browser, inNode] = await Promise.all([launchChromium(), trainInNode(packed.folder)]);
});
afterAll(async () => {
  await browser?.close();
  await packed?.remove();
});

/** Each makes `site`/main.js of the installed packages and of main.js, as its own documentation says. */
const bundlers: Record<string, (site: string) => Promise<void>> = {
  async vite(site) {
    await viteBuild({
      root: packed.folder,
      configFile: false,
      logLevel: "error",
      define: { __WORKER__: "undefined" },
      worker: { format: "es" },
      build: {
        ...{ target: "es2022", outDir: site, emptyOutDir: false },
        rolldownOptions: {
          input: path.join(packed.folder, "main.js"),
          output: { entryFileNames: "main.js" },
        },
      },
    });
  },
  async esbuild(site) {
    const { build } = await tool<Esbuild>("esbuild");
    // It does not follow `new Worker(new URL(…))`: the worker is an entry of its own.
    await build({
      absWorkingDir: packed.folder,
      entryPoints: { main: "main.js", worker: "@loam/kernels-as/worker" },
      ...{ bundle: true, splitting: true, minify: true, format: "esm", platform: "browser", outdir: site },
      define: { __WORKER__: '"./worker.js"' },
      logLevel: "error",
    });
  },
  async webpack(site) {
    const { default: webpack } = await tool<{ default: Webpack }>("webpack");
    const compiler = webpack({
      context: packed.folder,
      mode: "production",
      entry: "./main.js",
      performance: { hints: false },
      plugins: [new webpack.DefinePlugin({ __WORKER__: "undefined" })],
      output: { path: site, filename: "main.js", module: true },
      experiments: { outputModule: true },
    });
    const stats = await new Promise<WebpackStats>((resolve, reject) =>
      compiler.run((error, found) => (error || !found ? reject(error) : resolve(found))),
    );
    expect(stats.toJson({ all: false, errors: true, warnings: true })).toMatchObject({
      errors: [],
      warnings: [],
    });
  },
  /** No bundler: the single file beside the page's own script. */
  async "no bundler"(site) {
    await copyFile(
      path.join(packed.folder, "node_modules/@loam/nn/dist/loam.js"),
      path.join(site, "loam.js"),
    );
    await copyFile(path.join(packed.folder, "train.js"), path.join(site, "train.js"));
    const script = await readFile(path.join(packed.folder, "main.js"), "utf8");
    await writeFile(
      path.join(site, "main.js"),
      script.replace(/"@loam\/nn[^"]*"/g, '"./loam.js"').replaceAll("__WORKER__", "undefined"),
    );
  },
};

describe.each(Object.keys(bundlers))("a page made by %s", (name) => {
  it.each([
    ["isolated", ISOLATED],
    ["not isolated", {}],
  ])("trains, %s, to the bits that Node gets", async (kind, headers) => {
    const site = path.join(packed.folder, `site-${name.replace(" ", "-")}`);
    if (kind === "isolated") {
      await mkdir(site);
      await bundlers[name]!(site);
      const page =
        '<!doctype html><p id="result">training</p><script type="module" src="./main.js"></script>';
      await writeFile(path.join(site, "index.html"), page);
    }
    const server = await serveFolder(site, headers);
    const page = await browser.newPage();
    try {
      await page.goto(server.url);
      const result = page.locator("#result:not(:text-is('training'))");
      expect(await result.textContent({ timeout: 60_000 })).toBe(inNode.hash);
      const threads = Number(await result.getAttribute("data-threads"));
      if (kind === "isolated") expect(threads).toBeGreaterThan(1);
      else expect(threads).toBe(1);
    } finally {
      await page.close();
      await server.close();
    }
  });
});
