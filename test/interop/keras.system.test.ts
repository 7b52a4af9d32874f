import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importKeras } from "@loam/nn/io/keras";
import { expect, test } from "vitest";

const python = "/usr/bin/python3";
const hasHdf5 = spawnSync(python, ["-c", "import h5py"]).status === 0;
if (!hasHdf5) process.stderr.write("skipped   no python3-h5py to write HDF5 with\n");

test.skipIf(!hasHdf5)(
  "files that this machine's h5py writes predict what NumPy makes of their weights",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "loam-keras-"));
    try {
      const program = fileURLToPath(new URL("../../packages/nn/test/keras/networks.py", import.meta.url));
      execFileSync(python, [program, folder]);
      const told = JSON.parse(readFileSync(join(folder, "networks.json"), "utf8")) as Record<
        string,
        { x: number[]; shape: number[]; y: number[] }
      >;
      expect(Object.keys(told)).toEqual(["pictures", "words"]);
      for (const [name, { x, shape, y }] of Object.entries(told)) {
        const model = await importKeras(readFileSync(join(folder, `${name}.keras`)), { threads: 1 });
        const { data } = await model.predict({ data: Float32Array.from(x), shape: [1, ...shape] });
        for (const [i, value] of y.entries())
          expect(Math.abs(data[i]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
        await model.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
