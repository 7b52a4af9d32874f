import { readFileSync } from "node:fs";
import { createEngine } from "@loam/nn";
import { importKeras } from "@loam/nn/io/keras";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { Hdf5Error, readHdf5 } from "../../src/io/hdf5.js";
import { entriesOf, unpacked } from "../../src/io/zip-contents.js";

const engine = await createEngine({ threads: 1 });
afterAll(() => engine.close());

const here = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
const told = JSON.parse(new TextDecoder().decode(here("networks.json"))) as Record<
  string,
  { x: number[]; shape: number[]; y: number[] }
>;

/** The files in a .keras file that h5py wrote. */
function filesOf(name: string): Record<string, Uint8Array> {
  const all = here(name);
  const entries = entriesOf(all);
  if (typeof entries === "string") throw new Error(entries);
  return Object.fromEntries(
    entries.map((entry) => [entry.name, (unpacked(all, entry) as Uint8Array).slice()]),
  );
}

it.each(Object.entries(told))(
  "%s of a .keras file predict what NumPy makes of their weights",
  async (name, { x, shape, y }) => {
    const model = await importKeras(here(`${name}.keras`), { engine });
    expect(model.inputShape).toEqual(shape);
    const { data } = await model.predict({ data: Float32Array.from(x), shape: [1, ...shape] });
    expect(data.length).toBe(y.length);
    for (const [i, value] of y.entries())
      expect(Math.abs(data[i]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
    await model.close();
  },
);

it("an unpacked weight is the same bits", () => {
  const find = readHdf5(filesOf("pictures.keras")["model.weights.h5"]!);
  const kernel = find("layers/conv2d/vars/0")!;
  expect(kernel.shape).toEqual([2, 2, 2, 3]);
  expect([...kernel.data].every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  expect(find("layers/conv2d/vars/2")).toBeUndefined();
  expect(find("layers/conv2d/vars")).toBeUndefined();
  expect(find("layers/nothing/vars/0")).toBeUndefined();
  expect(() => find("optimizer/vars/0")).toThrow(Hdf5Error);
});

describe("a damaged .keras file", () => {
  const files = filesOf("pictures.keras");
  const refused = async (change: Record<string, Uint8Array | undefined>, code: string, words: RegExp) => {
    const changed = Object.entries({ ...files, ...change }).filter(([, data]) => data !== undefined);
    const bytes = zipSync(Object.fromEntries(changed) as Record<string, Uint8Array>);
    await expect(importKeras(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  };
  const text = (string: string) => new TextEncoder().encode(string);

  it("is refused with what is wrong", async () => {
    await expect(importKeras(text("no zip"))).rejects.toMatchObject({ code: "keras-damaged" });
    await refused({ "config.json": undefined }, "keras-damaged", /no config.json/);
    await refused({ "config.json": text("{") }, "keras-damaged", /no JSON/);
    await refused({ "config.json": text("{}") }, "keras-config", /expected/);
    await refused({ "model.weights.h5": undefined }, "keras-damaged", /no model.weights.h5/);
    await refused({ "model.weights.h5": text("CDF") }, "keras-damaged", /no HDF5/);
    const weights = files["model.weights.h5"]!;
    await refused({ "model.weights.h5": weights.slice(0, 900) }, "keras-damaged", /model.weights.h5 has/);
    const other = new TextDecoder().decode(files["config.json"]).replace('"units": 4', '"units": 5');
    await refused({ "config.json": text(other) }, "keras-weights", /dense_1/);
  });

  it("whose group's tree leads back to itself is read to an end", () => {
    const weights = files["model.weights.h5"]!.slice();
    const tree = weights.findIndex(
      (_, i) => new TextDecoder("latin1").decode(weights.subarray(i, i + 4)) === "TREE",
    );
    // Of level 1 with itself as its only child.
    weights[tree + 5] = 1;
    new DataView(weights.buffer).setUint16(tree + 6, 1, true);
    new DataView(weights.buffer).setBigUint64(tree + 32, BigInt(tree), true);
    expect(() => readHdf5(weights)("layers/dense/vars/0")).toThrow("parts that share bytes");
  });

  it("whose header goes on in itself is read to an end", () => {
    const weights = files["model.weights.h5"]!.slice();
    const view = new DataView(weights.buffer);
    const root = Number(view.getBigUint64(64, true));
    view.setUint16(root + 2, 0xffff, true);
    view.setUint16(root + 16, 0x10, true);
    view.setUint16(root + 18, 16, true);
    view.setBigUint64(root + 24, BigInt(root + 16), true);
    view.setBigUint64(root + 32, 24n, true);
    expect(() => readHdf5(weights)("layers/dense/vars/0")).toThrow("parts that share bytes");
  });
});
