import { existsSync, readFileSync } from "node:fs";

/** From src/ or dist/ it lies one folder up, from the bundle in dist/node/ two. */
const MANIFEST = ["../package.json", "../../package.json"]
  .map((path) => new URL(path, import.meta.url))
  .find(existsSync)!;

/** This package's version, from its package.json. */
export const VERSION: string = JSON.parse(readFileSync(MANIFEST, "utf8")).version;
