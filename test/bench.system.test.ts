import { execFile } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Those that measure times in this process's Node; `size` is run by every check, and `steady` trains for a minute. */
const PARTS = [
  "peak",
  "gemm",
  "conv",
  "kernels",
  "train",
  "inference",
  "scaling",
  "curve",
  "compared",
  "shapes",
  "maps",
  "start",
];

describe("npm run bench", () => {
  it.each(PARTS)(
    "can still measure %s",
    async (part) => {
      const words = [
        "--no-build",
        "--trial",
        "--threads",
        part === "scaling" ? "1,2" : "1",
        "--precision",
        "standard",
        "--json",
      ];
      const script = path.join(root, "scripts/bench.mjs");
      const { stdout } = await promisify(execFile)(process.execPath, [script, part, ...words], { cwd: root });
      const told = JSON.parse(stdout);
      // A single training step is one object, everything else a list a part.
      const rows: Record<string, unknown>[] = told[part] ?? [told];
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        const figures = Object.values(row).filter((value) => typeof value === "number");
        expect(figures.length, JSON.stringify(row)).toBeGreaterThan(0);
        for (const figure of figures) expect(figure, JSON.stringify(row)).toBeGreaterThanOrEqual(0);
      }
    },
    60_000,
  );
});
