import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pngFile } from "../../packages/nn/test/support/png-file.js";
import { launchChromium } from "../../scripts/chromium.mjs";
import { serveFolder } from "../../scripts/serve-folder.mjs";

// From a folder of pictures to a page that tells them apart, with what README.md says and nothing else.

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "loam-story-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Stripes across or down, of a width, a place and colours that differ from picture to picture. */
function stripes(across: boolean, i: number): Uint8Array {
  const side = 40 + (i % 5) * 8;
  const wide = 5 + (i % 3);
  const sample = (x: number, y: number, k: number) =>
    Math.floor(((across ? y : x) + i) / wide) % 2 === 0
      ? 200 + ((i * 7 + k * 20) % 50)
      : (i * 13 + k * 30) % 90;
  return pngFile({ width: side, height: side, depth: 8, type: 2, interlaced: false, filter: "all", sample });
}

it("a folder of pictures becomes a model, and the model a page", async () => {
  const readme = await readFile(path.join(root, "README.md"), "utf8");
  const [, train, copy] = /^Pictures, [^`]+`npx (loam train [^`]+)`[^`]+`(cp [^`]+)`/m.exec(readme)!;
  const page = /^```html\n([\s\S]*?)^```$/m.exec(readme)![1]!;
  for (const name of ["across", "down"]) {
    await mkdir(path.join(folder, "animals", name), { recursive: true });
    for (let i = 0; i < 20; i++)
      await writeFile(path.join(folder, "animals", name, `${i}.png`), stripes(name === "across", i));
  }
  await mkdir(path.join(folder, "site"));
  await mkdir(path.join(folder, "packages/nn/dist"), { recursive: true });
  await cp(path.join(root, "packages/nn/dist/loam.js"), path.join(folder, "packages/nn/dist/loam.js"));

  const loam = path.join(root, "packages/cli/bin/loam.js");
  const env = { ...process.env, XDG_CACHE_HOME: path.join(folder, "cache") };
  await run(process.execPath, [loam, ...train!.split(" ").slice(1), "--seed", "1"], { cwd: folder, env });
  await run("bash", ["-c", copy!], { cwd: folder });
  await writeFile(path.join(folder, "site", "index.html"), page);

  const server = await serveFolder(path.join(folder, "site"), {});
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    const faults: string[] = [];
    tab.on("pageerror", (error) => faults.push(error.message));
    await tab.goto(server.url, { waitUntil: "networkidle" });
    for (const name of ["across", "down", "across"]) {
      await tab.locator("output").evaluate((output) => {
        output.textContent = "";
      });
      await tab.locator("input").setInputFiles({
        name: "new.png",
        mimeType: "image/png",
        buffer: Buffer.from(stripes(name === "across", 41 + name.length)),
      });
      await tab.waitForFunction(() => document.querySelector("output")!.textContent !== "");
      expect(await tab.locator("output").textContent()).toMatch(new RegExp(`^${name}, [5-9]\\d|100`));
    }
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
    await server.close();
  }
}, 180_000);
