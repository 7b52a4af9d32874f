import { defineConfig } from "vite";

/** With these two a page may share memory between threads; static hosts that cannot send them have `public/isolation.js`. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  // Relative, so that the site also works below a path of a static host.
  base: "./",
  worker: { format: "es" },
  // Nothing is inlined: the page allows no data URLs but for pictures.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { headers: isolation },
  preview: { headers: isolation },
});
