import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";
import peersPackage from "../peers/package.json" with { type: "json" };
import { press, type ServedSite, useSite, visit, visitView } from "./support.js";

const MINUTE = 60_000;
const installed = existsSync(fileURLToPath(new URL("../peers/node_modules/@jax-js/jax", import.meta.url)));
if (!installed)
  process.stderr.write("skipped   npm ci --prefix apps/demo/peers brings what Loam is compared with\n");

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

const status = (page: Page) => page.locator("[data-beside-status]");
const row = (page: Page, name: string) =>
  page.locator(".beside-table tbody tr").filter({ has: page.getByRole("rowheader", { name }) });
const choose = (page: Page, name: string) => page.locator(".beside").getByText(name).click();
const ofPeers = (urls: readonly string[]) => urls.filter((url) => url.includes("/peer-"));

test.skipIf(!installed)(
  "the same training in three libraries ends in the same losses, and theirs are fetched only when asked for",
  { timeout: 5 * MINUTE },
  async () => {
    const { page, complaints, requests, close } = await visit(browser, site, "#/speed");
    const listed = await page.evaluate(
      async () => (await fetch("./offline.json")).json() as Promise<string[]>,
    );
    expect(listed.length).toBeGreaterThan(20);
    expect(ofPeers(listed)).toEqual([]);
    await page.waitForTimeout(3000); // what is kept for offline is fetched by then
    expect(ofPeers(requests)).toEqual([]);
    await press(page, "Compare");
    await page.getByText(/^Compared in \d+ rounds/).waitFor({ timeout: 4 * MINUTE });
    const { dependencies } = peersPackage;
    for (const [name, version] of [
      ["Loam", "0.1.0"],
      ["TensorFlow.js WASM", dependencies["@tensorflow/tfjs-backend-wasm"]],
      ["jax-js", dependencies["@jax-js/jax"]],
    ] as const) {
      const first = row(page, name).first();
      expect(await first.locator("th").textContent()).toContain(`${version}, one thread`);
      const told = await first.locator("td").allTextContents();
      const [least = 0, median, loss] = told.map((text) => Number.parseFloat(text.replace(",", "")));
      expect(least).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(least);
      // Ten classes that nobody knows yet cost ln 10; after some steps it is less.
      expect(loss).toBeLessThan(Math.log(10));
    }
    await page.locator("[data-agree]").waitFor();
    expect(ofPeers(requests).length).toBeGreaterThan(2);
    expect(requests.filter((url) => !url.startsWith(site.origin) && !url.startsWith("blob:"))).toEqual([]);
    const licences = await page.getByRole("link", { name: "Their licences" }).getAttribute("href");
    const told = await (await fetch(new URL(licences!, site.url))).text();
    expect(told).toContain("Apache License");
    expect(told).toContain("MIT License");
    expect(complaints).toEqual([]);
    await close();
  },
);

test.skipIf(!installed)(
  "a library that cannot train a network says so in its own words, and a comparison can be ended",
  { timeout: 5 * MINUTE },
  async () => {
    const { page, complaints, close } = await visit(browser, site, "#/speed");
    await choose(page, "CNN, batch 32");
    await press(page, "Compare");
    const words = row(page, "TensorFlow.js WASM").locator("[data-peer-error]");
    await words.waitFor({ timeout: 3 * MINUTE });
    expect(await words.textContent()).toBe("Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'");
    await press(page, "Stop comparing");
    await expect.poll(() => status(page).textContent()).toContain("Stopped.");
    await page.getByRole("button", { name: "Compare again" }).waitFor();
    // Their workers are gone; the page's own may go on.
    await expect
      .poll(() => page.workers().filter((worker) => worker.url().includes("/peer-")).length, {
        // A browser gives a busy worker a while to end.
        timeout: 30_000,
      })
      .toBe(0);
    expect(complaints).toEqual([]);
    await close();
  },
);

test("whoever trains meanwhile is warned, also in Korean", async () => {
  const { page, complaints, close } = await visit(
    browser,
    site,
    "#/train?net=softmax&samples=500&epochs=1000",
  );
  await press(page, "Train");
  await page.getByText(/^Epoch \d+ of 1,000/).waitFor();
  await visitView(page, "Speed");
  await expect.poll(() => status(page).textContent()).toContain("Another network is learning");
  await press(page, "한국어");
  await expect.poll(() => status(page).textContent()).toContain("다른 신경망이 학습 중");
  await page.getByRole("heading", { name: "나란히 비교" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});
