import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Model } from "@loam/nn";
import { isTableName, isTextName } from "./data-source.js";
import { CommandError } from "./failure.js";
import { naming } from "./naming.js";
import { isPictureName } from "./read-inputs.js";

/**
 * The files that are to be predicted: those that are named, and of a folder all below it that a model's kind of data lies in, in the order of their names.
 * @throws {CommandError} for a folder without any.
 */
export async function inputFiles(names: readonly string[], model: Pick<Model, "schema">): Promise<string[]> {
  const files: string[] = [];
  for (const name of names) {
    if (name === "-" || !(await isFolder(name))) {
      files.push(name);
      continue;
    }
    const { what, is } = kindOf(model);
    const found = (await naming(name, readdir(name, { recursive: true })))
      .filter((path) => is(path) && !path.split(/[\\/]/).some((part) => part.startsWith(".")))
      .sort();
    if (found.length === 0)
      throw new CommandError(`${name}: this folder has no ${what} in it, which is what the model is for.`);
    for (const path of found) files.push(join(name, path));
  }
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** What files a model is for. */
function kindOf({ schema }: Pick<Model, "schema">): {
  readonly what: string;
  readonly is: (path: string) => boolean;
} {
  switch (schema?.input.kind) {
    case "text":
      return { what: "texts", is: isTextName };
    case "table":
    case "series":
    case "recording":
      return { what: "tables", is: isTableName };
    default:
      return { what: "pictures", is: isPictureName };
  }
}
