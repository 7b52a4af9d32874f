import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { press, type ServedSite, useSite, visit } from "./support.js";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

const params = (page: Page) => new URLSearchParams(page.url().split("?")[1]);

/** A figure beside the plane, by its name. */
async function figure(page: Page, name: string): Promise<number> {
  const text = (await page.locator(`[data-play] dt:text-is("${name}") + dd`).textContent())!;
  return Number.parseFloat(text.replaceAll(",", ""));
}

/** Trains until so many epochs are over, and pauses. */
async function train(page: Page, epochs: number): Promise<void> {
  await press(page, "Train");
  await expect.poll(() => figure(page, "Epoch"), { timeout: 60_000 }).toBeGreaterThanOrEqual(epochs);
  await press(page, "Pause");
  await page.getByRole("button", { name: "Train", exact: true }).waitFor();
}

describe("the playground", () => {
  test("learns a circle, and shows a program that ends with the same weights", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/playground");
    await train(page, 60);
    expect(await figure(page, "Classified correctly")).toBeGreaterThan(95);
    const hash = (await page.locator("[data-hash]").getAttribute("data-hash"))!;
    const folder = await mkdtemp(path.join(tmpdir(), "loam-playground-"));
    const saved = page.waitForEvent("download");
    await press(page, "Download points.csv");
    await (await saved).saveAs(path.join(folder, "points.csv"));
    await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    await writeFile(path.join(folder, "run.mjs"), (await page.locator(".play-code pre").textContent())!);
    const { stdout } = await run(process.execPath, ["run.mjs"], { cwd: folder });
    expect(stdout.trim()).toBe(hash);
    await rm(folder, { recursive: true });
    expect(complaints).toEqual([]);
    await close();
  });

  test("goes on with another learning rate, and says that no program retraces that", async () => {
    const { page, close } = await visit(browser, site, "#/playground?points=xor");
    await train(page, 5);
    const before = await figure(page, "Epoch");
    await page.getByLabel("Learning rate", { exact: true }).selectOption("0.01");
    await page.getByText("was changed on the way").waitFor();
    expect(await figure(page, "Epoch")).toBe(before);
    expect(params(page).get("rate")).toBe("0.01");
    await train(page, before + 5);
    await page.getByText("was changed on the way").waitFor();
    await close();
  });

  test("predicts numbers", async () => {
    const { page, close } = await visit(browser, site, "#/playground?points=slope&noise=0");
    await train(page, 100);
    expect(await figure(page, "Loss, held-out points")).toBeLessThan(0.01);
    expect(await page.locator("[data-play]").textContent()).not.toContain("Classified");
    await close();
  });

  test("takes points by tap and by key, keeps them in the address, and learns them", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/playground?points=own", {
      viewport: { width: 390, height: 664 },
      hasTouch: true,
    });
    await page.getByText("Tap the plane to place your first point.").waitFor();
    expect(await page.getByRole("button", { name: "Train", exact: true }).isDisabled()).toBe(true);
    const plane = page.locator(".plane");
    const { width } = (await plane.boundingBox())!;
    await plane.tap({ position: { x: width * 0.2, y: width * 0.2 } });
    await plane.tap({ position: { x: width * 0.8, y: width * 0.8 } });
    await page.getByText("Square, orange").tap();
    await plane.tap({ position: { x: width * 0.8, y: width * 0.2 } });
    await plane.focus();
    for (const key of ["ArrowLeft", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    // Four points of five letters each; the last one a step to the left of the middle and one down.
    expect(params(page).get("own")).toMatch(/^([0-9a-z]{4}[01]){4}$/);
    expect(params(page).get("own")!.endsWith("d7d70")).toBe(true);
    await train(page, 200);
    expect(await figure(page, "Classified correctly")).toBe(100);
    await page.reload();
    await page.waitForSelector("main[data-view]");
    expect(await figure(page, "Epoch")).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  test("builds other networks, by keyboard as well", async () => {
    const { page, close } = await visit(browser, site, "#/playground");
    await page.getByRole("button", { name: "Add a layer" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "One neuron more in layer 3" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "x²" }).click();
    expect(params(page).get("hidden")).toBe("6.4.5");
    expect(params(page).get("see")).toBe("x.y.xx");
    // 3 features, 6, 4 and 5 neurons, and the output.
    await expect.poll(() => page.locator(".net-wires line").count()).toBe(3 * 6 + 6 * 4 + 4 * 5 + 5);
    await train(page, 3);
    await close();
  });
});
