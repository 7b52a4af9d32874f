// After finish-build, in packages/nn: the whole library in one file, dist/loam.js, for a page that has no bundler:
//
//   <script type="module"> import { Dense } from "./loam.js"; </script>
//
// The file is its own worker, told by its name, and both full binaries are in it: who has those needs no core.
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { build } from "vite";

const home = process.cwd();
const dist = path.join(home, "dist");
/** Written nowhere: the plugin below says what is in it. */
const ENTRY = path.join(home, "single-file-entry.js");

/** What is for tests, or for Node alone, stays out. */
const APART = new Set([
  ...["./reference", "./testing", "./sweep/node", "./sweep/internal", "./platform/internal"],
]);

const { dependencies, exports, version } = JSON.parse(
  await readFile(path.join(home, "package.json"), "utf8"),
);
const files = Object.entries(exports).flatMap(([name, { default: file }]) =>
  file && !APART.has(name) ? [file] : [],
);
const everything = (folder) =>
  files.map((file) => `export * from "${file.replace("./dist", folder)}";\n`).join("");

await build({
  root: home,
  configFile: false,
  logLevel: "error",
  plugins: [
    {
      name: "loam",
      resolveId: (id) => (id === ENTRY ? id : null),
      load: (id) =>
        id === ENTRY
          ? `if (globalThis.name === "loam-worker" && !globalThis.document) await import("@loam/kernels-as/worker");\n${everything(dist)}`
          : null,
      transform: {
        // Before Vite's own, which would make a file of the worker.
        order: "pre",
        handler(code, id) {
          if (/\/generated\/deflated\/core-\w+\.js$/.test(id)) return 'export const deflatedBase64 = "";';
          if (id.endsWith("/kernels-as/dist/embedded/browser.js")) {
            if (!code.includes("cores: true")) throw new Error(`${id} says in another way that it has cores`);
            return code.replace("cores: true", "cores: false");
          }
          if (!id.endsWith("/kernels-as/dist/platform/browser.js")) return null;
          const literal = 'new Worker(new URL("../threads/worker.js", import.meta.url), { type: "module" })';
          const itself = 'new Worker(import.meta.url, { type: "module", name: "loam-worker" })';
          if (!code.includes(literal)) throw new Error(`${id} starts its worker in another way`);
          return code.replace(literal, itself);
        },
      },
    },
  ],
  build: {
    target: "es2022",
    outDir: dist,
    emptyOutDir: false,
    copyPublicDir: false,
    lib: { entry: ENTRY, formats: ["es"], fileName: () => "loam.js" },
    rolldownOptions: { output: { codeSplitting: false, minify: true } },
  },
});

/** What the libraries that are in the file ask for: their licences' texts, or the name of one that comes without. */
async function licences() {
  const texts = [];
  for (const name of [...Object.keys(dependencies), "@assemblyscript/loader"]) {
    // This repository's own packages have its licence.
    if (name.startsWith("@loam/")) continue;
    const folder = path.join(home, "../../node_modules", name);
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    const { license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    texts.push(`${name}: ${file ? await readFile(path.join(folder, file), "utf8") : license}`);
  }
  return texts.join("\n\n");
}

const bundled = await readFile(path.join(dist, "loam.js"), "utf8");
await writeFile(
  path.join(dist, "loam.js"),
  `/*! @loam/nn ${version}, MIT\n\nIn it are:\n\n${await licences()}\n*/\n${bundled}`,
);
await writeFile(path.join(dist, "loam.d.ts"), everything("."));
