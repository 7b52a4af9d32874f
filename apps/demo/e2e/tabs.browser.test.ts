import { readdir, readFile } from "node:fs/promises";
import process from "node:process";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { press, type ServedSite, useSite, visit, visitView } from "./support.js";

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

/** A run that ends soon, and one that does not. */
const SHORT = "#/train?net=mlp&samples=1000&epochs=2&batch=50&seed=9";
const ENDLESS = "#/train?net=softmax&epochs=1000&seed=9";
const MINUTE = 60_000;

const status = (page: Page) => page.locator("[data-status]");

/** How many threads of this browser's pages are workers, as the system sees them. */
async function workers(): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  let count = 0;
  for (const { id } of processInfo) {
    const threads = await readdir(`/proc/${id}/task`).catch(() => []);
    for (const thread of threads) {
      const name = await readFile(`/proc/${id}/task/${thread}/comm`, "utf8").catch(() => "");
      if (name.startsWith("DedicatedWorker")) count++;
    }
  }
  return count;
}

/** The system's list of threads is Linux's own. */
describe.skipIf(process.platform !== "linux")("workers", () => {
  test.each<[string, (page: Page) => Promise<unknown>]>([
    ["another address", (page) => page.goto("about:blank")],
    ["the tab's end", (page) => page.close()],
  ])("of a page that is left in the middle of a training end with it: %s", async (_, leave) => {
    const { page, close } = await visit(browser, site, ENDLESS);
    // It asks before a run is lost.
    page.on("dialog", (dialog) => void dialog.accept());
    await press(page, "Train");
    await expect.poll(() => status(page).textContent(), { timeout: MINUTE }).toContain("Epoch");
    expect(await workers()).toBeGreaterThan(0);
    await leave(page);
    await expect.poll(workers, { timeout: 10_000 }).toBe(0);
    await close();
  });

  test("of a view that is left do not add up", async () => {
    const { page, close } = await visit(browser, site, "#/draw");
    const round = async () => {
      await visitView(page, "Playground");
      await page.locator(".neuron").first().waitFor();
      // By addresses: the view's own link goes back to the look that was left.
      await page.evaluate(() => location.assign("#/inside?look=layers"));
      await page.locator(".layer-look").first().waitFor();
      await visitView(page, "Draw");
      await page.evaluate(() => location.assign("#/inside?look=race"));
      await page.locator(".racer").first().waitFor();
      await visitView(page, "Draw");
      await page.locator('main[data-view="draw"]').waitFor();
    };
    await round();
    await expect.poll(workers, { timeout: 10_000 }).toBeLessThan(10);
    await page.waitForTimeout(1000);
    const first = await workers();
    for (let again = 0; again < 2; again++) await round();
    // In a hurry: an engine is closed as soon as it is there, its helper thread with it.
    for (let again = 0; again < 30; again++) {
      await page.evaluate(() => location.assign("#/playground"));
      await page.locator(".neuron").first().waitFor();
      await page.evaluate(() => location.assign("#/draw"));
      await page.locator('main[data-view="draw"]').waitFor();
    }
    await expect.poll(workers, { timeout: 10_000 }).toBeLessThanOrEqual(first);
    await close();
  });

  test("of a run go with the run that takes its place", async () => {
    const { page, close } = await visit(browser, site, SHORT);
    const train = async () => {
      await press(page, "Train");
      await expect.poll(() => status(page).textContent(), { timeout: MINUTE }).toContain("Done");
    };
    await train();
    const first = await workers();
    for (let again = 0; again < 3; again++) await train();
    await expect.poll(workers, { timeout: 10_000 }).toBeLessThanOrEqual(first);
    await close();
  });
});

describe("two tabs of one browser", () => {
  test("train at once to the bits that each has alone, and outlive each other", async () => {
    const { page: one, complaints, close } = await visit(browser, site, SHORT);
    const other = await one.context().newPage();
    other.on("pageerror", (error) => complaints.push(error.message));
    await other.goto(site.url + SHORT);
    await other.waitForSelector("main[data-view]");
    const hashes = async () =>
      Promise.all([one, other].map((page) => page.locator("[data-hash]").textContent({ timeout: MINUTE })));
    await Promise.all([one, other].map((page) => press(page, "Train")));
    const [a, b] = await hashes();
    expect(a).toMatch(/^[0-9a-f]{64}$/);
    expect(b).toBe(a);

    // One stays paused while the other is closed in the middle of its own run, and goes on.
    for (const page of [one, other]) {
      page.on("dialog", (dialog) => void dialog.accept());
      await page.evaluate((hash) => location.replace(hash), ENDLESS);
      await page.waitForFunction(() => location.hash.includes("softmax"));
      await press(page, "One step");
      await expect.poll(() => status(page).textContent(), { timeout: MINUTE }).toContain("Paused at step 1");
    }
    await press(other, "Go on");
    await expect.poll(() => status(other).textContent(), { timeout: MINUTE }).toContain("Epoch");
    await other.close();
    await press(one, "One step");
    await expect.poll(() => status(one).textContent(), { timeout: MINUTE }).toContain("Paused at step 2");
    expect(complaints).toEqual([]);
    await close();
  });
});
