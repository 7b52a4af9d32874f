import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as images from "../packages/nn/src/data/pictures/index.js";
import * as series from "../packages/nn/src/data/series/index.js";
import * as table from "../packages/nn/src/data/table/index.js";
import * as text from "../packages/nn/src/data/text/index.js";
import * as loam from "../packages/nn/src/index.js";
import * as callbacks from "../packages/nn/src/model/callbacks/index.js";
import * as checkpoint from "../packages/nn/src/model/checkpoint.js";
import { FIT_OPTIONS } from "../packages/nn/src/training/fit-options.js";

const rows = (await readFile(new URL("../docs/coming-from.md", import.meta.url), "utf8"))
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| Keras") && !line.startsWith("| ---"))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | ?\|$/g, "")));

const quoted = (cell: string) => [...cell.matchAll(/`([\w.@/-]+)/g)].map(([, name]) => name!);

describe("docs/coming-from.md", () => {
  it("has at least sixty names of Keras", () => {
    expect(new Set(rows.flatMap(([keras]) => quoted(keras!))).size).toBeGreaterThanOrEqual(60);
  });

  it("names in Loam's column only what there is", () => {
    const subpaths = {
      callbacks,
      checkpoint,
      "data/images": images,
      "data/series": series,
      "data/table": table,
      "data/text": text,
    };
    const optimizer = new loam.SGD();
    const known = (name: string) =>
      name in loam ||
      name in loam.Model.prototype ||
      (FIT_OPTIONS as readonly string[]).includes(name) ||
      name in optimizer ||
      name in new loam.LSTM({ units: 1 }) ||
      name in new loam.Conv2d({ filters: 1, kernelSize: 1 }) ||
      (name.startsWith("metrics.") && name.slice(8) in loam.metrics);
    const unknown = rows.flatMap(([, , cell]) => {
      const names = quoted(cell!);
      const where = names.find((name) => name.startsWith("@loam/nn/"))?.slice("@loam/nn/".length);
      const there = where === undefined ? {} : subpaths[where as keyof typeof subpaths];
      return names.filter((name) => !name.startsWith("@") && !(name in there) && !known(name));
    });
    expect(unknown).toEqual([]);
  });
});
