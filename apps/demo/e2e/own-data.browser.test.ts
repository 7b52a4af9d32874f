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

let runs = 0;

/** What the command that the page shows comes to. */
async function hashByCommand(page: Page): Promise<string> {
  const command = (await page.locator(".code-line:not(.code-lines) code").textContent())!;
  const flags = command.replace("npx loam train ", "").split(" ");
  const out = path.join(folder, `run-${++runs}`);
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

/** Rooms of which a formula gives rent and heating, in units of their own. */
const ROOMS = [
  "area,floor,heating,rent",
  ...Array.from({ length: 200 }, (_, i) => {
    const [area, floor] = [20 + ((i * 37) % 60), i % 5];
    return `${area},${floor},${(area * 0.5 + floor).toFixed(1)},${12 * area + 40 * floor}`;
  }),
].join("\n");

/** A survey: who is asked likes soup when it is cold, and walks when it is dry. */
const SURVEY = [
  "degrees,rain,soup,walk",
  ...Array.from({ length: 240 }, (_, i) => {
    const [degrees, rain] = [(i * 17) % 30, (i * 7) % 20];
    return `${degrees},${rain},${degrees < 12 ? "yes" : "no"},${rain < 10 ? 1 : 0}`;
  }),
].join("\n");

describe("several columns of a table at once", () => {
  const also = (page: Page) => page.locator('[data-key="another"]');

  test("are numbers, each told in its own unit and measured by itself", async () => {
    const file = path.join(folder, "rooms.csv");
    await writeFile(file, ROOMS);
    const { page, complaints, close } = await visit(browser, site, "#/train?data=files&epochs=80");
    await give(page, file);
    await page.getByText("to predict a number; 20 of them held out").waitFor();
    await also(page).selectOption("heating");
    await page.getByText("to predict 2 numbers; 20 of them held out").waitFor();
    // What is predicted is nothing to learn from.
    await page.getByText("What it learns from: 2 columns").waitFor();
    expect(page.url()).toContain("target=rent%2Cheating");
    await press(page, "Train");
    const hash = await hashOf(page);
    const status = await page.locator("[data-status]").textContent();
    const [, rent, heating] = /rent ([\d.]+), heating ([\d.]+)\./.exec(status!)!;
    // Their deviations are about 215 and 8.7.
    expect(Number(rent)).toBeLessThan(60);
    expect(Number(heating)).toBeLessThan(3);
    expect(await page.locator(".numbers-plot").count()).toBe(2);
    await page.getByRole("heading", { name: "heating: How far off it is" }).waitFor();
    const asking = page.locator(".asking");
    await asking.getByLabel("area", { exact: true }).fill("50");
    await asking.getByLabel("floor", { exact: true }).fill("2");
    const told = async () =>
      (await answer(page).allTextContents()).map((text) => Number(text.replace(",", "")));
    await expect.poll(async () => Math.abs((await told())[0]! - 680)).toBeLessThan(60);
    expect(Math.abs((await told())[1]! - 27)).toBeLessThan(3);
    expect(await hashByCommand(page)).toBe(hash);
    // One less again.
    await page.locator('[data-key="also-0"]').selectOption("");
    await page.getByText("to predict a number; 20 of them held out").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("are answers of yes and no, each in its column's own words", async () => {
    const file = path.join(folder, "survey.csv");
    await writeFile(file, SURVEY);
    const { page, complaints, close } = await visit(
      browser,
      site,
      "#/train?data=files&epochs=80&target=soup",
    );
    await give(page, file);
    await also(page).selectOption("walk");
    await page.getByText("to answer 2 questions with yes or no; 24 of them held out").waitFor();
    await press(page, "Train");
    const hash = await hashOf(page);
    const rows = page.locator("[data-labels] tbody tr");
    expect(await rows.count()).toBe(2);
    expect(await rows.nth(0).textContent()).toMatch(/^soup\d+%\d+ × yes/);
    expect(await rows.nth(1).textContent()).toMatch(/^walk\d+%\d+ × 1/);
    const all = Number.parseFloat((await page.locator('[data-figure="accuracy"]').textContent())!);
    expect(all).toBeGreaterThan(80);
    const asking = page.locator(".asking");
    await asking.getByLabel("degrees", { exact: true }).fill("3");
    await asking.getByLabel("rain", { exact: true }).fill("18");
    await expect.poll(() => answer(page).allTextContents()).toEqual(["yes", "0"]);
    expect(await hashByCommand(page)).toBe(hash);
    const program = (await page.locator("[data-program] code").textContent())!;
    expect(program).toContain('target: ["soup","walk"]');
    expect(program).toContain("binaryCrossEntropy()");
    expect(complaints).toEqual([]);
    await close();
  });

  test("that are not alike are refused, and what was chosen before stays", async () => {
    const file = path.join(folder, "mixed.csv");
    await writeFile(file, SURVEY);
    const { page, close } = await visit(browser, site, "#/train?data=files&target=soup");
    await give(page, file);
    await also(page).selectOption("degrees");
    await page.getByText("several targets must all be numbers, or all be 0 and 1 or yes and no").waitFor();
    expect(await page.locator('[data-key="target"]').inputValue()).toBe("soup");
    expect(await page.locator('[data-key="also-0"]').count()).toBe(0);
    expect(page.url()).toContain("target=soup");
    await close();
  });
});

describe("on a phone", () => {
  const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

  test("what has to be chosen first stands first, and nothing empty above it", async () => {
    const { page, close } = await visit(browser, site, "#/train?data=files", PHONE);
    const chooser = page.locator('label[for="data-files"]');
    const { y, height } = (await chooser.boundingBox())!;
    expect(y + height).toBeLessThan(700);
    expect(await page.locator(".chart:visible, .figures:visible").count()).toBe(0);
    expect(await page.locator("main .view-head p").textContent()).not.toContain("digits");
    // In the order in which one goes through it.
    const order = await page.evaluate(() =>
      [".data", ".training"].map((name) => document.querySelector(name)!.getBoundingClientRect().top),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    await close();
  });

  test("whoever has no file gets one, and trains", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/train?data=files&epochs=3", PHONE);
    await press(page, "Try a table of flats and their rents");
    await page.getByText(/^flats\.csv: \d+ rows/).waitFor();
    await press(page, "Train");
    await hashOf(page);
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
