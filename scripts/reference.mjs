// npm run reference: writes the API reference, from the docstrings, to docs/reference/. Ends with code 1 and their names where something public has none.
// Needs `npm ci --prefix test/package`: typedoc wants another TypeScript than the one that compiles this project.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const typedoc = path.join(root, "test/package/node_modules/typedoc/bin/typedoc");

/** Each import of the libraries is a module of the reference, but what Loam's packages have among themselves. */
async function entryPoints() {
  const found = [];
  for (const name of ["nn", "kernels-as"]) {
    const home = path.join(root, "packages", name);
    const { exports } = JSON.parse(await readFile(path.join(home, "package.json"), "utf8"));
    for (const [subpath, entry] of Object.entries(exports)) {
      if (entry["@loam/source"] && !subpath.endsWith("/internal"))
        found.push(path.join(home, entry["@loam/source"]));
    }
  }
  return found;
}

/** As typedoc counts them. */
const KINDS = new Map([
  [32, "variable"],
  [64, "function"],
  [128, "class"],
  [256, "interface"],
  [2048, "method"],
  [2_097_152, "type"],
]);

/** Constants of the program encoding, said by the table that writes them. */
const GENERATED = "opcodes";

/** What is public and says nothing of itself. Options say it one by one, and their names whose they are; what a class takes over is said where it begins. */
function undocumented(
  { name, kind, comment, signatures, children = [], inheritedFrom, overwrites, implementationOf },
  at,
) {
  const place = at ? `${at}.${name}` : name;
  const said = comment ?? signatures?.find((one) => one.comment);
  const elsewhere = inheritedFrom ?? overwrites ?? implementationOf;
  const own = KINDS.has(kind) && !said && !elsewhere && !(kind === 256 && name.endsWith("Options"));
  return [
    ...(own ? [`${KINDS.get(kind)} ${place}`] : []),
    ...(name === GENERATED ? [] : children.flatMap((child) => undocumented(child, place))),
  ];
}

const folder = await mkdtemp(path.join(tmpdir(), "loam-reference-"));
try {
  const [options, json] = [path.join(folder, "typedoc.json"), path.join(folder, "reference.json")];
  const written = {
    entryPoints: await entryPoints(),
    tsconfig: path.join(root, "packages/nn/tsconfig.json"),
    ...{ name: "Loam", readme: "none", out: path.join(root, "docs/reference"), json },
    ...{ basePath: root, disableGit: true, sourceLinkTemplate: "{path}#L{line}" },
    ...{ skipErrorChecking: true, excludePrivate: true, logLevel: "Error" },
  };
  await writeFile(options, JSON.stringify(written));
  execFileSync(process.execPath, [typedoc, "--options", options], { cwd: root, stdio: "inherit" });
  const bare = undocumented(JSON.parse(await readFile(json, "utf8")), "");
  console.log(bare.length === 0 ? "docs/reference/index.html" : `without a docstring:\n${bare.join("\n")}`);
  process.exitCode = bare.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
