import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodePng } from "../../../packages/cli/src/report/png.js";
import { press, type ServedSite, useSite, visit } from "./support.js";

const loam = fileURLToPath(new URL("../../../packages/cli/bin/loam.js", import.meta.url));
const MINUTE = 60_000;

let browser: Browser;
let site: ServedSite;
let folder: string;

useSite((opened, served) => {
  browser = opened;
  site = served;
});
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "loam-own-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const hashOf = (page: Page) => page.locator("[data-hash]").textContent({ timeout: 2 * MINUTE });
const answer = (page: Page) => page.locator("[data-asked-answer]");
const give = (page: Page, file: string) => page.locator("#data-files").setInputFiles(file);

/** What the command that the page shows comes to. */
async function hashByCommand(page: Page): Promise<string> {
  const command = (await page.locator(".code-line:not(.code-lines) code").textContent())!;
  const flags = command.replace("npx loam train ", "").split(" ");
  const out = path.join(folder, `run-${Math.abs(command.length)}-${flags.length}`);
  const args = [loam, "train", ...flags, "--json", "--out", out];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 24 });
  return (JSON.parse(stdout.trim().split("\n").at(-1)!) as { weightsHash: string }).weightsHash;
}

/** Birds that differ by their bill and their island; weights are missing here and there, and every bird has a name. */
const BIRDS = [
  "name;island;bill;mass;species",
  ...Array.from({ length: 240 }, (_, i) => {
    const kind = i % 3;
    const bill = `${[38, 49, 47][kind]! + ((i * 7) % 5)},${i % 10}`;
    const mass = i % 11 === 0 ? "NA" : 3500 + 100 * ((i * 13) % 9);
    const island = kind === 2 ? "Biscoe" : ["Dream", "Torgersen"][i % 2];
    return `bird ${i};${island};${bill};${mass};${["Adelie", "Chinstrap", "Gentoo"][kind]}`;
  }),
].join("\n");

/** Rents that a formula gives: 300 a room, 150 more from street to street. */
const RENTS = [
  "rooms,street,garden,rent",
  ...Array.from({ length: 200 }, (_, i) => {
    const [rooms, street] = [1 + (i % 5), i % 3];
    return `${rooms},${["Oak", "Elm", "Ash"][street]},${["yes", "no", ""][i % 7 === 0 ? 2 : i % 2]},${300 * rooms + 150 * street + (i % 37)}`;
  }),
].join("\n");

describe("a table of one's own", () => {
  test("of words, holes and numbers is learned, answers in its own words, and ends in the command's bits", async () => {
    const file = path.join(folder, "birds.csv");
    await writeFile(file, BIRDS);
    const { page, complaints, close } = await visit(browser, site, "#/train?data=files&epochs=30");
    await give(page, file);
    await page.getByText(/^birds\.csv: 240 samples of \d+, 3 classes; 24 of them held out/).waitFor();
    expect(await page.getByLabel("What to predict", { exact: true }).inputValue()).toBe("species");
    await page.getByText("What it learns from: 4 columns").click();
    const columns = page.locator(".columns li");
    expect(await columns.allTextContents()).toEqual([
      "name left out: it only names rows",
      "island word",
      "bill number",
      "mass number, 22 empty",
    ]);
    expect(await page.getByLabel("Network", { exact: true }).inputValue()).toBe("table");
    await press(page, "Train");
    const hash = await hashOf(page);
    const heads = page.locator(".confusion th[scope=row]");
    expect(await heads.allTextContents()).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    expect(await answer(page).textContent()).toBe("Adelie");
    await page.getByText("The table says Adelie.").waitFor();
    await page.locator(".asking").getByLabel("island", { exact: true }).selectOption("Biscoe");
    await page.locator(".asking").getByLabel("bill", { exact: true }).fill("49,5");
    await expect.poll(() => answer(page).textContent()).toBe("Gentoo");
    expect(await hashByCommand(page)).toBe(hash);
    const saved = page.waitForEvent("download");
    await press(page, "Download the report");
    const report = await readFile((await (await saved).path())!, "utf8");
    for (const told of ["species · birds.csv", "Chinstrap", "--target species", hash!])
      expect(report).toContain(told);
    // It needs nothing but itself.
    expect(report).not.toMatch(/<script|<link|<canvas|<button|src="(?!data:)|url\((?!"?data:)/);
    expect(complaints).toEqual([]);
    await close();
  });

  test("of numbers to predict is told in their own unit, with each dot by the true one", async () => {
    const file = path.join(folder, "rents.csv");
    await writeFile(file, RENTS);
    const { page, complaints, close } = await visit(browser, site, "#/train?data=files");
    await give(page, file);
    await page.getByText("to predict a number; 20 of them held out").waitFor();
    await press(page, "Train");
    const hash = await hashOf(page);
    // 37 different rests of up to 36 are noise of 9 on average, which no network can know.
    const offBy = Number((await page.locator('[data-figure="accuracy"]').textContent())!);
    expect(offBy).toBeGreaterThan(1);
    expect(offBy).toBeLessThan(40);
    expect(await page.locator(".numbers-plot circle").count()).toBe(20);
    expect(await page.locator("[data-status]").textContent()).toContain("its rent is off by");
    const asking = page.locator(".asking");
    await asking.getByLabel("rooms", { exact: true }).fill("4");
    await asking.getByLabel("street", { exact: true }).selectOption("Elm");
    const told = async () => Number((await answer(page).textContent())!.replace(",", ""));
    // 1,350 and half of the noise.
    await expect.poll(async () => Math.abs((await told()) - 1368)).toBeLessThan(80);
    expect(await hashByCommand(page)).toBe(hash);
    expect(complaints).toEqual([]);
    await close();
  });
});

/** A folder of dark and light pictures, in a folder for each. @returns its place. */
async function shades(called: string): Promise<string> {
  const root = path.join(folder, called);
  for (const [name, shade] of [
    ["dark", 40],
    ["light", 200],
  ] as const) {
    await mkdir(path.join(root, name), { recursive: true });
    for (let k = 0; k < 20; k++) {
      const data = Uint8Array.from({ length: 3 * 64 }, (_, i) => shade + ((i * 31 + k * 17) % 40));
      const png = encodePng({ data, channels: 3, height: 8, width: 8 });
      await writeFile(path.join(root, name, `${k}.png`), png);
    }
  }
  return root;
}

/** Drops files and folders into the box for them, as a hand does from a window beside the browser's. */
async function drop(page: Page, files: readonly string[]): Promise<void> {
  const box = page.locator(".drop");
  await box.scrollIntoViewIfNeeded();
  const { x, y } = (await box.boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, x: x + 12, y: y + 12, data });
  await session.detach();
}

describe("pictures of one's own", () => {
  test("are dropped as one folder, or as a folder for each class, with what else lies there passed over", async () => {
    const root = await shades("dropped");
    await writeFile(path.join(root, "dark", "notes.txt"), "not a picture");
    const { page, complaints, close } = await visit(browser, site, "#/train?data=files");
    await drop(page, [root]);
    const told = page.locator(".settings [role=status]");
    const first = "dropped: 40 samples of 3×8×8, 2 classes; 4 of them held out";
    await expect.poll(() => told.textContent(), { timeout: MINUTE }).toContain(first);
    expect(await told.textContent()).toContain("Files passed over: 1. The first is dark/notes.txt");
    expect(await told.textContent()).toMatch(/[^.]\.$/);
    await drop(page, [path.join(root, "light"), path.join(root, "dark")]);
    const second = "pictures: 40 samples of 3×8×8, 2 classes; 4 of them held out";
    await expect.poll(() => told.textContent(), { timeout: MINUTE }).toContain(second);
    // A folder of none says so.
    await mkdir(path.join(folder, "empty"), { recursive: true });
    await drop(page, [path.join(folder, "empty")]);
    await expect.poll(() => told.textContent(), { timeout: MINUTE }).toContain("There is no file in it");
    expect(complaints).toEqual([]);
    await close();
  });

  test("in a folder for each class are learned by a network for pictures", async () => {
    const root = await shades("shades");
    const { page, complaints, close } = await visit(browser, site, "#/train?data=files&epochs=3");
    await page.locator("#data-folder").setInputFiles(root);
    await page.getByText("shades: 40 samples of 3×8×8, 2 classes; 4 of them held out").waitFor();
    expect(await page.getByLabel("Network", { exact: true }).inputValue()).toBe("pictures");
    await press(page, "Train");
    const hash = await hashOf(page);
    const heads = page.locator(".confusion th[scope=row]");
    expect(await heads.allTextContents()).toEqual(["dark", "light"]);
    expect(await hashByCommand(page)).toBe(hash);
    expect(complaints).toEqual([]);
    await close();
  });
});
