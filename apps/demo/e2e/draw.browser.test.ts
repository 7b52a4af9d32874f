import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { loadModel } from "@loam/nn";
import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import card from "../src/draw/shipped-network.json";
import { decodeStrokes, encodeStrokes } from "../src/draw/strokes.js";
import { drawDigit } from "./scripted-digits.js";
import { contention, DIST, type ServedSite, serveSite, useSite, visit } from "./support.js";

/** A one. */
const DOWNSTROKE = Array.from({ length: 13 }, (_, i) => ({ x: 0.5, y: 0.2 + i / 20 }));

/** After this a new window is idle, in milliseconds. */
const BROWSER_SETTLES = 2500;

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

/** Waits until the best bar is that of `digit`. @returns all probabilities as shown. */
async function probabilities(page: import("playwright-core").Page, digit: number): Promise<number[]> {
  await page.waitForSelector(`.bars tbody tr:nth-child(${digit + 1}).best`);
  const texts = await page.locator(".bars tbody td.number").allTextContents();
  return texts.map((text) => Number.parseFloat(text));
}

describe("Draw", () => {
  test("ten digits drawn with the mouse are read, each rightly", async () => {
    const { page, complaints, close } = await visit(browser, site);
    for (let digit = 0; digit <= 9; digit++) {
      await page.getByRole("button", { name: "Clear" }).click();
      await drawDigit(page, digit);
      const shares = await probabilities(page, digit);
      expect(shares).toHaveLength(10);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(99);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThan(101);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  test("the keyboard draws, takes back and clears", async () => {
    const { page, close } = await visit(browser, site);
    await page.locator(".pad").focus();
    await page.keyboard.press("Space");
    for (let i = 0; i < 14; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await probabilities(page, 1);
    await page.keyboard.press("Backspace");
    await page.waitForSelector(".verdict-digit.unsure");
    expect(await page.locator(".bars tr.best").count()).toBe(0);
    await close();
  });

  test("the drawing is in the address: a link shows and reads it again", async () => {
    const first = await visit(browser, site);
    await first.page.getByRole("button", { name: "Draw an example of 4" }).click();
    await probabilities(first.page, 4);
    await first.page.waitForFunction(() => location.hash.includes("d="));
    const { hash } = new URL(first.page.url());
    await first.close();
    const second = await visit(browser, site, hash);
    await probabilities(second.page, 4);
    await second.close();
  });

  test("an address holds a drawing to a 512th of the pad, in a few letters", () => {
    const circle = Array.from({ length: 200 }, (_, i) => ({
      x: 0.5 + 0.3 * Math.cos(i / 31),
      y: 0.5 + 0.4 * Math.sin(i / 31),
    }));
    const text = encodeStrokes([DOWNSTROKE, circle])!;
    expect(text).toMatch(/^[\w-]+\.[\w-]+$/);
    expect(text.length).toBeLessThan(400);
    const [line, curve] = decodeStrokes(text);
    for (const [i, { x, y }] of line!.entries()) {
      expect(Math.abs(x - DOWNSTROKE[i]!.x)).toBeLessThanOrEqual(1 / 512);
      expect(Math.abs(y - DOWNSTROKE[i]!.y)).toBeLessThanOrEqual(1 / 512);
    }
    expect(Math.hypot(curve!.at(-1)!.x - circle.at(-1)!.x, curve!.at(-1)!.y - circle.at(-1)!.y)).toBeLessThan(
      0.003,
    );
    expect(decodeStrokes("..??.ab")).toEqual([]);
  });

  test("shows the 28x28 picture that the network gets, centred by mass", async () => {
    const { page, close } = await visit(browser, site);
    await drawDigit(page, 0);
    await probabilities(page, 0);
    const [width, height, x, y] = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".seen canvas")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let mass = 0;
      let sumX = 0;
      let sumY = 0;
      for (let i = 0; i < data.length / 4; i++) {
        mass += data[4 * i]!;
        sumX += data[4 * i]! * (i % canvas.width);
        sumY += data[4 * i]! * Math.floor(i / canvas.width);
      }
      return [canvas.width, canvas.height, sumX / mass, sumY / mass];
    });
    expect([width, height]).toEqual([28, 28]);
    // To the whole pixel, as MNIST's makers did.
    expect(Math.abs(x! - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y! - 14)).toBeLessThanOrEqual(0.5);
    await close();
  });
});

describe("the first view", () => {
  test("weighs less than 330 KB gzip with both networks, and asks for nothing beyond its origin", async () => {
    // What a service worker keeps for later comes when the page has nothing else to do.
    const { page, requests, complaints, close } = await visit(browser, site, "", { serviceWorkers: "block" });
    await drawDigit(page, 7);
    await probabilities(page, 7);
    expect(requests.filter((url) => !url.startsWith(site.origin))).toEqual([]);
    expect(complaints.filter((line) => !line.includes("registration blocked by Playwright"))).toEqual([]);
    const files = new Set(
      requests.map((url) => new URL(url).pathname.replace("/loam/demo/", "") || "index.html"),
    );
    let bytes = 0;
    for (const file of files) bytes += gzipSync(await readFile(path.join(DIST, file))).length;
    expect(files).toContain("models/digits.safetensors");
    expect(bytes).toBeLessThan(330_000);
    await close();
  });

  test("can be drawn on and is read within a second of its request", async () => {
    // The fastest of three.
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      let busy = 1;
      const hash = `#/draw?d=${encodeStrokes([DOWNSTROKE])}`;
      const { page, close } = await visit(browser, site, hash, {}, async (fresh) => {
        // A new window loads the browser's own pages first, for about a second; a visitor's window stands open.
        await setTimeout(BROWSER_SETTLES);
        busy = contention();
        // The page's own clock stops with the first reading, and not when this process hears of it.
        await fresh.addInitScript(() => {
          const watch = new MutationObserver(() => {
            if (!document.querySelector(".bars tr.best")) return;
            watch.disconnect();
            performance.mark("read");
          });
          watch.observe(document, { childList: true, subtree: true, attributes: true });
        });
      });
      await page.waitForSelector(".bars tr.best");
      const took = await page.evaluate(() => performance.getEntriesByName("read")[0]!.startTime);
      best = Math.min(best, took / Math.min(busy, contention()));
      await close();
    }
    expect(best).toBeLessThan(1000);
  });

  test("says of the shipped network what its file and its card say", async () => {
    const file = await readFile(path.join(DIST, "models/digits.safetensors"));
    expect(file.length).toBeLessThan(300_000);
    const model = await loadModel(file);
    expect(await model.weightsHash()).toBe(card.weightsHash);
    expect(model.parameters).toBe(card.parameters);
    expect(file.length).toBe(card.bytes);
    const sizes = model.layers.map((layer) => ({ type: layer.type, ...layer.config() }));
    expect(sizes).toMatchObject(card.layers);
    await model.close();
    const { page, close } = await visit(browser, site);
    const count = (value: number) => value.toLocaleString("en");
    await page
      .getByText(`${count(card.parameters)} numbers learned from ${count(card.trainingSamples)}`)
      .waitFor();
    const told = `${(100 * card.testAccuracy).toFixed(2)}% of the ${count(card.testSamples)} test pictures`;
    await page.getByText(told).waitFor();
    await page.getByText(`It weighs ${Math.round(file.length / 1000)} KB.`).waitFor();
    await close();
  });
});

describe("a host without the isolation headers", () => {
  test("gets them from the service worker, and the page its threads", async () => {
    const plain = await serveSite({ isolated: false });
    const { page, close } = await visit(browser, plain);
    await page.waitForFunction(() => crossOriginIsolated);
    await page.getByRole("button", { name: "Draw an example of 2" }).click();
    await probabilities(page, 2);
    await close();
    await plain.close();
  });

  test("works without a service worker too, on one thread, and says so", async () => {
    const plain = await serveSite({ isolated: false });
    const { page, close } = await visit(browser, plain, "", { serviceWorkers: "block" });
    await page.getByRole("button", { name: "Draw an example of 2" }).click();
    await probabilities(page, 2);
    await page.getByText("One thread: this host does not isolate the page.").waitFor();
    await close();
    await plain.close();
  });
});
