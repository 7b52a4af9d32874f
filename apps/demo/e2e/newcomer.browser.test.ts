import type { Browser, Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type ServedSite, useSite, visit } from "./support.js";

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

const MINUTE = 60_000;
const words = (page: Page) => page.locator(".verdict-words strong");
const taught = (page: Page) => page.locator(".teach [role=status]");
const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** What whoever comes for the first time does: draw, be misread, teach, train, look inside, share. */
describe("a newcomer's path", () => {
  test("by keyboard alone", async () => {
    const { page, complaints, close } = await visit(browser, site, "", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const keys = async (...names: string[]) => {
      for (const name of names) await page.keyboard.press(name);
    };
    const times = (count: number, name: string) => Array<string>(count).fill(name);
    const go = async (view: string) => {
      await reach(page, page.locator(`.views [data-view=${view}]`));
      await keys("Enter");
      await page.waitForSelector(`main[data-view="${view}"]`);
    };
    // Two bars side by side are no digit.
    await reach(page, page.locator(".pad"));
    await keys(...times(6, "ArrowLeft"), "Space", ...times(14, "ArrowDown"), "Space");
    await keys(...times(12, "ArrowRight"), "Space", ...times(14, "ArrowUp"), "Space");
    await expect.poll(() => words(page).textContent(), { timeout: MINUTE }).toBe("Not like any digit I know");
    await reach(page, button(page, "It was a 4"));
    await keys("Enter");
    await taught(page).filter({ hasText: "on this device: 1." }).waitFor();

    await go("train");
    await reach(page, page.getByLabel("Network", { exact: true }));
    await keys("Home");
    await expect.poll(() => page.url()).toContain("net=softmax");
    await reach(page, page.getByLabel("Digits to learn from", { exact: true }));
    await keys("Home");
    await expect.poll(() => page.url()).toContain("samples=2000");
    await reach(page, button(page, "Train"));
    await keys("Enter");
    await page.locator("[data-hash]").waitFor({ timeout: MINUTE });
    await reach(page, page.locator(".draw-for-it .pad"));
    await keys("Space", ...times(14, "ArrowDown"), "Space");
    await page.locator("[data-answer]", { hasText: "It says" }).waitFor();
    await reach(page, button(page, "Copy a link to this run"));
    await keys("Enter");
    await expect.poll(() => copied(page), { timeout: 10_000 }).toContain("#/train?net=softmax");

    await go("inside");
    await reach(page, page.getByRole("application", { name: "Map of filter 1", exact: true }).first());
    await keys("ArrowRight", "PageDown");
    await page.getByText(/^Map 2, row \d+, column \d+: window/).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

/** Presses Tab until an element has the focus, as whoever has no pointer does. */
async function reach(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let k = 0; k < 120; k++) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${target} is not reached by Tab.`);
}
