import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { platform } from "./node.js";

/** The folders that were opened and brought to the disk, and what was renamed before each. */
const { calls } = vi.hoisted(() => ({ calls: [] as string[] }));
vi.mock("node:fs/promises", async (original) => {
  const { watchedFiles } = await import("../../test/support/watched-files.js");
  return watchedFiles(await original(), calls);
});

const folder = await mkdtemp(join(tmpdir(), "loam-platform-"));
afterAll(() => rm(folder, { recursive: true }));

async function message(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing thrown",
    (error: Error) => error.message.replaceAll(folder, "FOLDER"),
  );
}

describe("files in Node", () => {
  it("writes a whole file in place of another and leaves nothing beside it", async () => {
    const path = join(folder, "a.bin");
    await platform.writeFile(path, Uint8Array.of(1, 2, 3));
    await platform.writeFile(path, Uint8Array.of(4));
    expect(await platform.readFile(path)).toEqual(Uint8Array.of(4));
    expect(await readdir(folder)).toEqual(["a.bin"]);
  });

  it("brings the file to the disk before it is renamed, and its folder after", async () => {
    calls.length = 0;
    const path = join(folder, "a.bin");
    await platform.writeFile(path, Uint8Array.of(4));
    expect(calls).toEqual(["sync what is written", `rename ${path}`, `sync ${folder}`]);
  });

  it("keeps the old file when the new one cannot be written", async () => {
    const path = join(folder, "taken");
    await platform.makeFolder(join(path, "inner"));
    expect(await message(platform.writeFile(path, Uint8Array.of(1)))).toMatch(
      /^FOLDER\/taken: cannot be written: /,
    );
    expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
    expect(await readdir(path)).toEqual(["inner"]);
  });

  it("says in one sentence why a file cannot be had", async () => {
    expect(await message(platform.readFile(join(folder, "no.bin")))).toMatchInlineSnapshot(
      `"FOLDER/no.bin: there is no such file."`,
    );
    expect(await message(platform.readFile(folder))).toMatchInlineSnapshot(
      `"FOLDER: cannot be read: it is a folder."`,
    );
    expect(
      await message(platform.writeFile(join(folder, "no", "a.bin"), new Uint8Array(1))),
    ).toMatchInlineSnapshot(`"FOLDER/no/a.bin: cannot be written: its folder does not exist."`);
    await writeFile(join(folder, "file"), "x");
    expect(await message(platform.makeFolder(join(folder, "file")))).toMatchInlineSnapshot(
      `"FOLDER/file: cannot be made a folder: a file of that name is in the way."`,
    );
    expect(await platform.listFolder(join(folder, "nowhere"))).toBeUndefined();
    expect(await readFile(join(folder, "file"), "utf8")).toBe("x");
  });
});
