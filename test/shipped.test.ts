import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

async function textsIn(folder: string, ending: string): Promise<[name: string, text: string][]> {
  const names = (await readdir(path.join(root, folder))).filter((name) => name.endsWith(ending)).sort();
  return Promise.all(
    names.map(
      async (name): Promise<[string, string]> => [
        name,
        await readFile(path.join(root, folder, name), "utf8"),
      ],
    ),
  );
}

/** A member of an object whose value is a function: the float64 reference of an op, or what makes one. */
const REFERENCE = /\b(?:reference|referenceOf|slope|f)(?:: \(.*\) =>|\(.*\) \{)/;

describe("what is shipped", () => {
  it("has no float64 reference, and the source has one for every op", async () => {
    const sources = await textsIn("packages/nn/src/ops", ".ts");
    const without = sources
      .filter(([, text]) => /: Op = \{|define(?:Unary|Binary)\(/.test(text) && !REFERENCE.test(text))
      .map(([name]) => name);
    expect(without).toEqual([]);
    for (const folder of ["packages/nn/dist/ops", "packages/nn/dist/node"]) {
      const texts = await textsIn(folder, ".js");
      expect(texts.length, folder).toBeGreaterThan(0);
      expect(texts.filter(([, text]) => REFERENCE.test(text)).map(([name]) => name)).toEqual([]);
    }
  });

  it("trains in Node from a few files, without loading fetch or threads that nobody asked for", async () => {
    const script = `
      import { Dense, SGD, Sequential, meanSquaredError } from "@loam/nn";
      const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2], threads: 1 });
      model.compile({ optimizer: new SGD(), loss: meanSquaredError() });
      const data = { inputs: { data: new Float32Array(8), shape: [4, 2] }, labels: { data: new Float32Array(4), shape: [4, 1] } };
      await model.fit({ ...data, scaling: { kind: "none" }, name: "zeros" }, { steps: 1, batchSize: 4 });
      await model.close();
      console.log(process.moduleLoadList.filter((name) => /undici|worker_threads|internal\\/worker$/.test(name)).join());
    `;
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: root,
    });
    expect((await run).stdout).toBe("\n");
    const files = await Promise.all(
      ["kernels-as", "nn"].map((name) => textsIn(`packages/${name}/dist/node`, ".js")),
    );
    expect(files.flat().length).toBeLessThan(15);
  });
});
