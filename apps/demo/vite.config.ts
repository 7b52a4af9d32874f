import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

/** With these two a page may share memory between threads; static hosts that cannot send them have `public/isolation.js`. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Lists all files of the site, for the service worker that keeps them. */
const offlineList: Plugin = {
  name: "offline-list",
  generateBundle(_, bundle) {
    const isFile = /\.\w+$/;
    const own = readdirSync(fileURLToPath(new URL("public", import.meta.url)), { recursive: true }).map(
      String,
    );
    const files = ["./", ...own.filter((file) => isFile.test(file)), ...Object.keys(bundle)];
    const source = JSON.stringify(files.filter((file) => file !== "isolation.js" && !file.endsWith(".map")));
    this.emitFile({ type: "asset", fileName: "offline.json", source });
  },
};

export default defineConfig({
  plugins: [offlineList],
  // Relative, so that the site also works below a path of a static host.
  base: "./",
  worker: { format: "es" },
  // Nothing is inlined: the page allows no data URLs but for pictures.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { headers: isolation },
  preview: { headers: isolation },
});
