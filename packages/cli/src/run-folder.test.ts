import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "./failure.js";
import { historyCsv, RunFolder } from "./run-folder.js";
import { writeFileWhole } from "./write-file.js";

/** The folders that were opened and brought to the disk, and what was renamed before each. */
const { calls } = vi.hoisted(() => ({ calls: [] as string[] }));
vi.mock("node:fs/promises", async (original) => {
  const { watchedFiles } = await import("../../nn/test/support/watched-files.js");
  return watchedFiles(await original(), calls);
});

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "loam-run-"));
});
afterEach(() => rm(root, { recursive: true }));

describe("RunFolder", () => {
  test("makes what is missing, and removes exactly that when the run never began", async () => {
    await mkdir(join(root, "a"));
    const folder = await RunFolder.create(join(root, "a", "b", "c"));
    await folder.writeRun({ seed: 7 });
    expect(await readdir(join(root, "a", "b", "c"))).toEqual(["run.json", "run.lock"]);
    await folder.discard();
    expect(await readdir(join(root, "a"))).toEqual([]);
  });

  test("an existing folder stays, and so does what others keep in it", async () => {
    await writeFile(join(root, "notes.txt"), "mine");
    const folder = await RunFolder.create(root);
    await folder.writeRun({});
    await folder.writeHistory([]);
    await folder.discard();
    expect(await readdir(root)).toEqual(["notes.txt"]);
  });

  test.each(["run.json", "history.csv", "model.safetensors"])(
    "a folder with %s holds a run",
    async (name) => {
      await writeFile(join(root, name), "");
      const refusal = RunFolder.create(root);
      await expect(refusal).rejects.toThrow(UsageError);
      await expect(refusal).rejects.toThrow(
        `${root}: this folder already holds a run (${name}); name another with --out, or remove it first.`,
      );
    },
  );

  test("keeps the checkpoint before the last, but not a damaged one in its place", async () => {
    const folder = await RunFolder.create(root);
    const held = async () => [
      new TextDecoder().decode(await folder.readCheckpoint()),
      await readFile(folder.previousPath, "utf8").catch(() => undefined),
    ];
    const write = (text: string) => folder.writeCheckpoint(new TextEncoder().encode(text));
    await write("1");
    expect(await held()).toEqual(["1", undefined]);
    await write("2");
    await write("3");
    expect(await held()).toEqual(["3", "2"]);
    expect(new TextDecoder().decode(await folder.readPrevious())).toBe("2");
    await write("4");
    expect(await held()).toEqual(["4", "2"]);
    await write("5");
    expect(await held()).toEqual(["5", "4"]);
    for (const name of ["run.json", "checkpoint-previous.safetensors", "run.lock"])
      await writeFile(join(root, `${name}.0123abcd.part`), "half");
    await folder.removeLeftovers(false);
    expect((await readdir(root)).sort()).toEqual(["checkpoint.safetensors", "run.lock"]);
    folder.release();
  });

  test("keeps the best checkpoint until the run is whole, and then where it is not one of the last two", async () => {
    const folder = await RunFolder.create(root);
    const bytes = (text: string) => new TextEncoder().encode(text);
    const held = async () => [
      await readFile(folder.bestPath, "utf8").catch(() => undefined),
      await readFile(folder.checkpointPath, "utf8"),
    ];
    const names = async () => (await readdir(root)).sort();
    const [one, four] = [bytes("1"), bytes("4")];
    await folder.writeCheckpoint(one);
    await folder.writeBest(one); // found to be the best when the next one comes
    await folder.writeCheckpoint(bytes("2"));
    expect(await held()).toEqual(["1", "2"]);
    expect(await folder.hasBetterThan(folder.checkpointPath)).toBe(true);
    expect(await folder.hasBetterThan(folder.checkpointPath, folder.previousPath)).toBe(false);
    await folder.writeCheckpoint(bytes("3"));
    await folder.removeLeftovers(false);
    expect(await names()).toEqual(["checkpoint-best.safetensors", "checkpoint.safetensors", "run.lock"]);
    expect(await held()).toEqual(["1", "3"]);
    await folder.writeBest(four); // known to be the best when it comes
    await folder.writeCheckpoint(four);
    expect([...(await held()), await readFile(folder.previousPath, "utf8")]).toEqual(["4", "4", "3"]);
    expect(await folder.hasBetterThan(folder.checkpointPath)).toBe(false);
    await folder.removeLeftovers(false);
    expect(await names()).toEqual(["checkpoint.safetensors", "run.lock"]);
    await folder.keepBest();
    await folder.writeCheckpoint(bytes("5"));
    await folder.keepBest();
    expect(await held()).toEqual(["4", "5"]);
    await folder.writeCheckpoint(bytes("6"));
    await folder.removeLeftovers(true);
    expect(await names()).toEqual(["checkpoint.safetensors", "run.lock"]);
    folder.release();
  });

  test("a file is not a folder", async () => {
    await writeFile(join(root, "file"), "");
    await expect(RunFolder.create(join(root, "file"))).rejects.toThrow(
      "this is not a folder; name another with --out.",
    );
    await expect(RunFolder.create(join(root, "file", "below"))).rejects.toThrow("this is not a folder");
  });

  test("run.json ends in a newline and reads back", async () => {
    const folder = await RunFolder.create(root);
    await folder.writeRun({ seed: 7, status: "running" });
    const text = await readFile(join(root, "run.json"), "utf8");
    expect(text.endsWith("}\n")).toBe(true);
    expect(JSON.parse(text)).toEqual({ seed: 7, status: "running" });
    expect(folder.modelPath).toBe(join(root, "model.safetensors"));
  });
});

test("history.csv has a header, a row per epoch, and nothing where there is no value", () => {
  expect(
    historyCsv([
      { epoch: 1, steps: 10, loss: 0.5, accuracy: 0.75, learningRate: 0.001, seconds: 1.5 },
      {
        epoch: 2,
        steps: 20,
        loss: 0.25,
        validationLoss: 0.3,
        validationAccuracy: 1,
        learningRate: 0.001,
        seconds: 2,
      },
    ]),
  ).toBe(
    "epoch,steps,loss,accuracy,validationLoss,validationAccuracy,learningRate,seconds\n" +
      "1,10,0.5,0.75,,,0.001,1.5\n" +
      "2,20,0.25,,0.3,1,0.001,2\n",
  );
});

describe("writeFileWhole", () => {
  test("replaces a file and leaves nothing beside it", async () => {
    await writeFileWhole(join(root, "x"), "one");
    await writeFileWhole(join(root, "x"), new Uint8Array([50]));
    expect(await readFile(join(root, "x"), "utf8")).toBe("2");
    expect(await readdir(root)).toEqual(["x"]);
  });

  test("brings the file to the disk before it is renamed, and its folder after", async () => {
    calls.length = 0;
    await writeFileWhole(join(root, "x"), "one");
    expect(calls).toEqual(["sync what is written", `rename ${join(root, "x")}`, `sync ${root}`]);
  });

  test("a write that fails leaves the old file and nothing beside it", async () => {
    await mkdir(join(root, "x"));
    await writeFile(join(root, "x", "inside"), "");
    await expect(writeFileWhole(join(root, "x"), "two")).rejects.toThrow();
    expect(await readdir(root)).toEqual(["x"]);
  });
});
