// A page of this folder, bundled from the built packages as a user's bundler would find them, and opened in Chromium.
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { build, type UserConfig } from "vite";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "../../scripts/chromium.mjs";
import { serveFolder } from "../../scripts/serve-folder.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Bundles test/browser/`name` with Vite and starts Chromium before the file's tests, and takes both away after them. */
export function builtPage(name: string, config: UserConfig = {}) {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), `loam-${name}-`));
    const source = path.join(folder, "source");
    await symlink(path.join(root, "test/browser", name), source);
    await build({
      ...config,
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

  return {
    /** A path in the folder that goes with the page. */
    file: (file: string): string => path.join(folder, file),
    /** Serves the page with `headers` for as long as `use` has a tab. */
    async visit<T>(use: (tab: Page, url: string) => Promise<T>, headers: Record<string, string> = {}) {
      const server = await serveFolder(path.join(folder, "site"), headers);
      const tab = await browser.newPage();
      try {
        return await use(tab, server.url);
      } finally {
        await tab.close();
        await server.close();
      }
    },
  };
}
