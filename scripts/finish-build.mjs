// After tsc, in a package's folder: bundles it once more for Node, in dist/node/.
//
// Node spends more than a millisecond on each file that it imports; a bundler wants many small ones, to leave out what a page does not
// use. So exports with a condition `node` get a bundle there, made from the file that their `default` names.
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { build } from "vite";

const home = process.cwd();
const dist = path.join(home, "dist");

/**
 * Input files by the names of their bundles, from the package's exports: all or none, or Node would have classes twice. A package that has none is a
 * command, which begins in dist/main.js.
 */
async function entries() {
  const { exports } = JSON.parse(await readFile(path.join(home, "package.json"), "utf8"));
  if (!exports) return { main: path.join(dist, "main.js") };
  const found = {};
  for (const [name, { node, default: from }] of Object.entries(exports)) {
    if (!from) continue;
    if (!node) throw new Error(`package.json: the export ${name} needs a condition "node" beside "default"`);
    found[path.basename(node, ".js")] = path.join(home, from);
  }
  return found;
}

/** What a library imports only when it is needed, and the first training step of most networks needs. All else of that kind stays a file of its own. */
const SOON = /(local-engine|generated.whole.core-plain|program.map.index|training.fit)\.js$/;

async function bundleForNode(input) {
  const imports = new Map();
  const always = new Set();
  /** A command takes all of its own along: it is one of many files once it asks for one. */
  const isSoon = (late) => !input.index || SOON.test(late);
  /** Notes what importing a module brings along, at once or by the end of a first step. */
  const follow = (id) => {
    if (always.has(id)) return;
    always.add(id);
    imports.get(id)?.forEach(follow);
  };
  const { output } = await build({
    root: home,
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "loam",
        // tsc's own source maps, so that a stack trace leads to src/ and not to dist/.
        async load(id) {
          if (!id.startsWith(dist)) return null;
          const map = await readFile(`${id}.map`, "utf8").catch(() => undefined);
          return map ? { code: await readFile(id, "utf8"), map: JSON.parse(map) } : null;
        },
        moduleParsed({ id, importedIds, dynamicallyImportedIds }) {
          imports.set(id, [...importedIds, ...dynamicallyImportedIds.filter(isSoon)]);
        },
        buildEnd: () => follow(input.index ?? input.main),
      },
    ],
    // One function is taken from the first, and the second is a hundred files, a fifth of the command's start. Other packages stay packages of their own;
    // zod is installed beside the command all the same, with its licence.
    ssr: { noExternal: ["@assemblyscript/loader", "zod"] },
    build: {
      ssr: true,
      target: "node20",
      minify: false,
      sourcemap: true,
      outDir: "dist/node",
      emptyOutDir: false,
      rolldownOptions: {
        input,
        external: /^@loam\//,
        preserveEntrySignatures: "strict",
        output: {
          entryFileNames: "[name].js",
          // Node reads a file of half the size in half the time; names of functions and classes stay, for stack traces.
          minify: {
            compress: false,
            mangle: { toplevel: true, keepNames: true },
            codegen: { removeWhitespace: true },
          },
          chunkFileNames: "[name].js",
          // One file for what is needed in any case; the other entries import from it.
          codeSplitting: { groups: [{ name: "always", test: (id) => always.has(id) }] },
        },
      },
    },
  });
  // Only now, so that whoever runs the last build meanwhile is not left without its files.
  const written = new Set(output.map(({ fileName }) => fileName));
  for (const name of await readdir(path.join(dist, "node"))) {
    if (!written.has(name)) await rm(path.join(dist, "node", name));
  }
}

await bundleForNode(await entries());
