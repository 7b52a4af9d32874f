import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { DIST, longestTask, type ServedSite, useSite, visit, visitView } from "./support.js";

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

interface Seen {
  /** The sum of all layout shifts that nobody asked for. */
  readonly shift: number;
}

/** Notes layout shifts, from the page's first moment on. */
async function observe(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { shift: 0 };
    Object.assign(window, { seen });
    type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) if (!entry.hadRecentInput) seen.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
}

const seenOn = (page: Page) => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

describe("the first view", () => {
  test("is under 300 KB, packed, and asks for no network before one draws but that which reads", async () => {
    const { page, requests, close } = await visit(browser, site, "", { serviceWorkers: "block" });
    // The kernels come last: then nothing of the first view is still on its way.
    await expect.poll(() => requests.some((url) => /\/(core-)?(plain|relaxed)-/.test(url))).toBe(true);
    await page.waitForLoadState("networkidle");
    const files = [...new Set(requests)].filter((url) => url.startsWith(site.url));
    const sizes = await Promise.all(
      files.map(async (url) => {
        const file = url.slice(site.url.length).replace(/[?#].*/, "") || "index.html";
        return gzipSync(await readFile(path.join(DIST, file))).length;
      }),
    );
    expect(
      files.map((url) => url.slice(site.url.length)).filter((file) => file.startsWith("models/")),
    ).toEqual(["models/digits.safetensors"]);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
    await close();
  });

  test("moves nothing on a device a quarter as fast, over a slow connection", async () => {
    // When it is painted, `npm run bench -- paint` measures.
    const phone = { viewport: { width: 390, height: 664 }, isMobile: true, hasTouch: true };
    const { page, close } = await visit(browser, site, "", phone, async (fresh) => {
      const session = await fresh.context().newCDPSession(fresh);
      // What Lighthouse calls slow 4G.
      await session.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 150,
        downloadThroughput: 1_600_000 / 8,
        uploadThroughput: 750_000 / 8,
      });
      await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
      await observe(fresh);
    });
    await page.waitForLoadState("networkidle", { timeout: 60_000 });
    expect((await seenOn(page)).shift).toBeLessThan(0.05);
    await close();
  });
});

describe("training", () => {
  test("moves nothing on the screen, from the first digit drawn to the card at the end", async () => {
    const hash = "#/train?net=softmax&samples=2000&epochs=4";
    const { page, close } = await visit(browser, site, hash, {}, observe);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.locator("[data-hash]").waitFor({ timeout: 60_000 });
    await page.waitForTimeout(300);
    expect((await seenOn(page)).shift).toBeLessThan(0.05);
    await close();
  });

  test("holds no view up for 50 ms", async () => {
    const { page, close } = await visit(browser, site, "#/train?epochs=100&samples=2000");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.locator("[data-status]", { hasText: /Epoch \d+ of 100/ }).waitFor({ timeout: 60_000 });
    const longest: Record<string, number> = {};
    for (const view of ["Train", "Draw", "Playground", "Look inside", "Speed"]) {
      const { processor } = await longestTask(browser, page, async () => {
        await visitView(page, view);
        await page.waitForTimeout(1000);
      });
      longest[view] = processor;
    }
    expect(Object.entries(longest).filter(([, ms]) => ms >= 50)).toEqual([]);
    await close();
  });
});
