import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * A library that only these tests need; `npm ci --prefix test/package` installs it, and not the project's own `npm ci`. Who asks states what he
 * uses of it, since types are checked without that folder too.
 */
export async function tool<T>(name: string): Promise<T> {
  let file: string;
  try {
    file = createRequire(path.join(here, "package.json")).resolve(name);
  } catch (cause) {
    throw new Error(`${name} is missing; run npm ci --prefix test/package.`, { cause });
  }
  return (await import(file)) as T;
}

export const PACKAGES = ["kernels-as", "nn", "cli"] as const;

export interface Packed {
  /** An empty folder in which the packages were installed from their tarballs, as a user does. */
  readonly folder: string;
  readonly tarballs: readonly string[];
  remove(): Promise<void>;
}

/** Packs the packages and installs what was packed, with what they depend on, in a folder outside this repository. */
export async function installPacked(): Promise<Packed> {
  const home = await mkdtemp(path.join(tmpdir(), "loam-packed-"));
  const folder = path.join(home, "project");
  await mkdir(folder);
  const workspaces = PACKAGES.flatMap((name) => ["-w", `packages/${name}`]);
  await run("npm", ["pack", ...workspaces, "--pack-destination", home], { cwd: root });
  const tarballs = (await readdir(home))
    .filter((name) => name.endsWith(".tgz"))
    .map((name) => path.join(home, name));
  await writeFile(path.join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await run("npm", ["install", ...quiet, ...tarballs], { cwd: folder });
  for (const name of ["main.js", "train.js"]) {
    await copyFile(path.join(here, "page", name), path.join(folder, name));
  }
  return { folder, tarballs, remove: () => rm(home, { recursive: true, force: true }) };
}

/** The training of page/train.js, in Node, by the installed packages. */
export async function trainInNode(folder: string): Promise<{ hash: string; accuracy: number }> {
  const program = `
    import { Dense, Sequential } from "@loam/nn";
    import { tableDataset } from "@loam/nn/data/table";
    import { train } from "./train.js";
    console.log(JSON.stringify(await train({ Dense, Sequential, tableDataset })));
  `;
  await writeFile(path.join(folder, "program.js"), program);
  const { stdout } = await run(process.execPath, ["program.js"], { cwd: folder });
  return JSON.parse(stdout);
}
