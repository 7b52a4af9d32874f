import { readFile } from "node:fs/promises";
import { readIdxImages, readIdxLabels } from "@loam/nn";
import { readCsv } from "@loam/nn/data/csv";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { decodeStrokes, encodeStrokes, type Stroke } from "../src/draw/strokes.js";
import { drawDigit } from "./scripted-digits.js";
import { type ServedSite, useSite, visit } from "./support.js";

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

const PHONE = { viewport: { width: 390, height: 664 }, hasTouch: true };
const words = (page: Page) => page.locator(".verdict-words strong");
const tap = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).tap();

/** A star of five points, in one stroke. */
const STAR: Stroke[] = [
  Array.from({ length: 51 }, (_, i) => {
    const corner = (k: number) => {
      const angle = (4 * Math.PI * k) / 5 - Math.PI / 2;
      return { x: 0.5 + 0.4 * Math.cos(angle), y: 0.5 + 0.4 * Math.sin(angle) };
    };
    const [from, to] = [corner(Math.floor(i / 10)), corner(Math.floor(i / 10) + 1)];
    const share = (i % 10) / 10;
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
  }),
];

/** Strokes of a digit that lean and turn with its number, as no two of a hand are alike. */
function another(strokes: readonly Stroke[], k: number): Stroke[] {
  const slant = ((k % 5) - 2) * 0.06;
  return strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: x + slant * (y - 0.5), y })));
}

describe("what is no digit", () => {
  test("is not named, while digits are", async () => {
    const { page, complaints, close } = await visit(browser, site, `#/draw?d=${encodeStrokes(STAR)}`);
    await expect.poll(() => words(page).textContent()).toBe("Not like any digit I know");
    expect(await page.locator(".bars tr.best").count()).toBe(0);
    await page.getByText("The nearest would be a").waitFor();
    for (let digit = 0; digit < 10; digit++) {
      await page.getByRole("button", { name: "Clear" }).click();
      await drawDigit(page, digit);
      await expect.poll(() => page.locator(".verdict-digit").textContent()).toBe(String(digit));
    }
    expect(complaints).toEqual([]);
    await close();
  });
});

describe("why it says so", () => {
  test("is painted on the pad while a class is pointed at, tapped or focused", async () => {
    const { page, close } = await visit(browser, site, "#/draw", PHONE);
    await page.locator(".pad").scrollIntoViewIfNeeded();
    await drawDigit(page, 8);
    await page.locator(".bars tr.best").waitFor();
    const why = page.locator(".why");
    const painted = () => why.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    expect(await why.isVisible()).toBe(false);
    await page.locator(".bars tr").nth(9).tap();
    await why.waitFor({ state: "visible" });
    await expect.poll(() => words(page).textContent()).toBe("Why an 8?");
    const forEight = await painted();
    await page.locator(".bars tr").nth(4).tap();
    await expect.poll(() => words(page).textContent()).toBe("Why a 3?");
    expect(await painted()).not.toBe(forEight);
    await page.locator(".bars tr").nth(4).tap();
    await why.waitFor({ state: "hidden" });
    // By the keyboard: the focus asks, Escape ends it.
    await page.getByRole("button", { name: "2: what speaks for it and against it" }).focus();
    await page.keyboard.press("Tab");
    await expect.poll(() => words(page).textContent()).toBe("Why a 3?");
    await page.keyboard.press("Escape");
    await why.waitFor({ state: "hidden" });
    await close();
  });
});

describe("one's own hand", () => {
  test("is kept on the device, learned from by a copy, and taken along", async () => {
    // A hand whose sevens are stars, which no network knows: nine of them are there from an earlier visit.
    const kept = Array.from({ length: 9 }, (_, k) => `7${encodeStrokes(another(STAR, k))}`).join("\n");
    const { page, complaints, requests, close } = await visit(
      browser,
      site,
      `#/draw?d=${encodeStrokes(another(STAR, 9))}`,
      { ...PHONE, reducedMotion: "reduce" },
      async (page) => {
        await page.addInitScript((text) => {
          if (localStorage.getItem("loam.hand") === null) localStorage.setItem("loam.hand", text);
        }, kept);
      },
    );
    const learn = page.getByRole("button", { name: /^Learn from mine/ });
    expect(await learn.isDisabled()).toBe(true);
    await tap(page, "It was a 7");
    await page.locator(".teach [role=status]", { hasText: "on this device: 10." }).waitFor();
    expect(await learn.isDisabled()).toBe(false);
    await page.getByRole("button", { name: "Learn from mine (10)" }).tap();
    await page
      .locator(".teach [role=status]", { hasText: "A copy of the network has learned your hand" })
      .waitFor({ timeout: 100_000 });
    const cells = (row: number) =>
      page.locator("[data-taught] tbody tr").nth(row).locator("td").allTextContents();
    const [before, after] = (await cells(1)).map(Number);
    // Every fourth one was kept back.
    expect(before).toBeLessThan(2);
    expect(after).toBe(2);
    // It has not forgotten what it knew.
    const others = (await cells(2)).map((text) => Number(text.replaceAll(",", "")));
    expect(others[1]).toBeGreaterThan(0.9 * others[0]!);
    expect(new URLSearchParams(page.url().split("?")[1]).get("reader")).toBe("own");

    await page.getByText("Download my drawings (10)").tap();
    const saved = page.waitForEvent("download");
    await tap(page, "CSV");
    const table = readCsv(await readFile((await (await saved).path())!));
    expect(table.inputs.shape).toEqual([10, 784]);
    expect([...new Set(table.labels.data)].length).toBe(1);
    const files: Uint8Array[] = [];
    page.on("download", async (download) => files.push(await readFile((await download.path())!)));
    await tap(page, "IDX, as MNIST");
    await expect.poll(() => files.length).toBe(2);
    const [images, labels] = files.sort((a, b) => b.length - a.length);
    expect(readIdxImages(images!).shape).toEqual([10, 1, 28, 28]);
    expect(Array.from(readIdxLabels(labels!).data)).toEqual(Array(10).fill(7));
    expect(requests.filter((url) => !url.startsWith(site.origin) && !url.startsWith("blob:"))).toEqual([]);
    expect(complaints).toEqual([]);

    // What is kept is there again, and can be forgotten.
    await page.reload();
    await page.waitForSelector("main[data-view]");
    expect(await page.evaluate(() => localStorage.getItem("loam.hand")?.split("\n").length)).toBe(10);
    expect(
      decodeStrokes((await page.evaluate(() => localStorage.getItem("loam.hand")!.split("\n")[0]!)).slice(1)),
    ).toHaveLength(1);
    await page.getByText("Download my drawings (10)").tap();
    await tap(page, "Forget all");
    await page.getByRole("button", { name: /^Learn from mine/ }).waitFor({ state: "detached" });
    await close();
  });
});
