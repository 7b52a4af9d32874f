import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { defineConfig, type Plugin } from "vite";

/** With these two a page may share memory between threads; static hosts that cannot send them have `public/isolation.js`. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const peersFolder = fileURLToPath(new URL("peers", import.meta.url));
/** Whether the libraries that the Speed view compares with are there; without them the site says that it lacks them. */
const hasPeers = existsSync(`${peersFolder}/node_modules/@jax-js/jax`);

/** How the files of other libraries begin: they are fetched by those who ask for them, and kept for nobody. */
const PEER = "assets/peer-";
const isPeers = (file: string) => file.includes("/demo/peers/");

/** The licences of the other libraries, which go wherever their code goes. */
const licences: Plugin = {
  name: "peer-licences",
  generateBundle() {
    if (!hasPeers) return;
    // Of the files of TensorFlow.js none has its licence; it is the one of `long`, which comes with it.
    const of = [
      ["TensorFlow.js, copyright Google LLC; and long.js", "long"],
      ["jax-js", "@jax-js/jax"],
    ] as const;
    const source = of.map(
      ([name, folder]) =>
        `${name}\n\n${readFileSync(`${peersFolder}/node_modules/${folder}/LICENSE`, "utf8")}`,
    );
    this.emitFile({ type: "asset", fileName: `${PEER}licences.txt`, source: source.join("\n\n") });
  },
};

/** What the page itself never asks for. */
const NOT_KEPT = ["isolation.js", "loam-digit.js", "social.png"];

/** Says where the site will be, as LOAM_SITE_URL has it (https://…/, with its closing slash): pictures beside shared links need whole addresses. */
const siteUrl: Plugin = {
  name: "site-url",
  transformIndexHtml: {
    order: "pre",
    handler: (html) => html.replaceAll("%LOAM_SITE_URL%", process.env.LOAM_SITE_URL ?? "./"),
  },
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
    const source = JSON.stringify(
      files.filter((file) => !NOT_KEPT.includes(file) && !file.endsWith(".map") && !file.startsWith(PEER)),
    );
    this.emitFile({ type: "asset", fileName: "offline.json", source });
  },
};

/**
 * Puts the first view into the page, to be painted before the program is there. The program is fetched along with the style, but begun by
 * `public/first-paint.js`, behind the first paint.
 */
const firstFrame: Plugin = {
  name: "first-frame",
  transformIndexHtml: {
    order: "post",
    async handler(html, { bundle }) {
      const script = fileURLToPath(new URL("scripts/first-frame.mjs", import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: 2 ** 24 });
      const framed = html.replace("<!-- first frame -->", () => stdout);
      if (!bundle) return framed;
      const program = /\s*<script type="module" crossorigin src="([^"]+)"><\/script>/;
      const preloads = /\s*<link rel="modulepreload"[^>]*>/g;
      const link = `<link rel="modulepreload" crossorigin href="${program.exec(framed)![1]}" id="program">`;
      const others = framed.match(preloads)?.join("") ?? "";
      return framed
        .replace(preloads, "")
        .replace(program, "")
        .replace(/\s*<\/head>/, `\n    ${link}${others}$&`);
    },
  },
};

export default defineConfig({
  plugins: [siteUrl, licences, offlineList, firstFrame],
  resolve: { alias: { "#peers": `${peersFolder}/${hasPeers ? "index" : "none"}.ts` } },
  // Relative, so that the site also works below a path of a static host.
  base: "./",
  worker: {
    format: "es",
    rolldownOptions: {
      output: {
        entryFileNames: ({ facadeModuleId }) =>
          `${isPeers(facadeModuleId ?? "") ? PEER : "assets/"}[name]-[hash].js`,
        chunkFileNames: ({ moduleIds }) => `${moduleIds.some(isPeers) ? PEER : "assets/"}[name]-[hash].js`,
        assetFileNames: ({ originalFileNames }) =>
          `${originalFileNames.some((file) => file.startsWith("peers/")) ? PEER : "assets/"}[name]-[hash][extname]`,
      },
    },
  },
  // Nothing is inlined: the page allows no data URLs but for pictures.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { headers: isolation },
  preview: { headers: isolation },
});
