import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { references } from "../packages/nn/src/reference/index.js";

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

describe("what is shipped", () => {
  it("has a float64 reference of every op, apart from what trains", async () => {
    const sources = await textsIn("packages/nn/src/ops", ".ts");
    const names = sources.flatMap(([, text]) => [
      ...[...text.matchAll(/: Op(?:<\w+>)? = \{\s*name: "(\w+)"/g)].map(([, name]) => name!),
    ]);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !(name in references))).toEqual([]);
    const bundles = await textsIn("packages/nn/dist/node", ".js");
    // Only who asks for it gets it: a bundle beside those that training loads.
    const with64 = bundles.filter(([, text]) => text.includes("function evaluateReference"));
    expect(with64).toHaveLength(1);
    expect(["index.js", "always.js", "checkpoint.js"]).not.toContain(with64[0]![0]);
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
    const folder = await mkdtemp(path.join(tmpdir(), "loam-loaded-"));
    try {
      const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
        cwd: root,
        // Node writes there which files it has run.
        env: { ...process.env, NODE_V8_COVERAGE: folder },
      });
      expect((await run).stdout).toBe("\n");
      const loaded = await Promise.all(
        (await readdir(folder)).map(async (name) => {
          const { result } = JSON.parse(await readFile(path.join(folder, name), "utf8"));
          return (result as { url: string }[]).map(({ url }) => url);
        }),
      );
      const ours = loaded.flatMap((urls) => urls.flatMap((url) => url.split("/packages/")[1] ?? []));
      // Node spends more than a millisecond on each.
      expect(ours.sort()).toEqual(
        ["kernels-as", "nn"].flatMap((name) => [`${name}/dist/node/always.js`, `${name}/dist/node/index.js`]),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const files = await Promise.all(
      ["kernels-as", "nn"].map((name) => textsIn(`packages/${name}/dist/node`, ".js")),
    );
    // One character beyond Latin-1 would double the memory that the whole text takes, and so the time to read it.
    const always = files.flat().filter(([name]) => name === "always.js");
    expect(always.map(([, text]) => /[^\0-\xff]/.test(text))).toEqual([false, false]);
  });
});
