import type { Browser, CDPSession, Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type ServedSite, useSite, visit } from "./support.js";

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

const PHONE = { viewport: { width: 390, height: 664 } };
const MINUTE = 60_000;
const words = (page: Page) => page.locator(".verdict-words strong");
const taught = (page: Page) => page.locator(".teach [role=status]");
const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** What whoever comes for the first time does: draw, be misread, teach, train, look inside, share. */
describe("a newcomer's path", () => {
  test("by touch alone, on a phone", async () => {
    const { page, complaints, close } = await visit(browser, site, "", {
      ...PHONE,
      hasTouch: true,
      isMobile: true,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const tab = (view: string) => page.locator(`.views [data-view=${view}]`);
    // Draws a hash, of which the network can make nothing, with a finger.
    for (const [from, to] of HASH) await swipe(page, page.locator(".pad"), from, to);
    await expect.poll(() => words(page).textContent(), { timeout: MINUTE }).toBe("Not like any digit I know");
    await tap(button(page, "It was a 4"), taught(page).filter({ hasText: "on this device: 1." }));

    await tap(tab("train"), page.locator('main[data-view="train"]'));
    await page.getByLabel("Network", { exact: true }).selectOption("softmax");
    await page.getByLabel("Digits to learn from", { exact: true }).selectOption("2000");
    await tap(
      button(page, "Train"),
      page.locator("[data-status]", { hasText: /Drawing|Building|Epoch|Done/ }),
    );
    await page.locator("[data-hash]").waitFor({ timeout: MINUTE });
    await page.getByText("Now draw for it.").waitFor();
    await swipe(page, page.locator(".draw-for-it .pad"), [0.5, 0.15], [0.5, 0.85]);
    await page.locator("[data-answer]", { hasText: "It says" }).waitFor();
    await tap(button(page, "Copy a link to this run"), page.locator("p[aria-live]", { hasText: "Copied" }));

    await tap(tab("inside"), page.locator('main[data-view="inside"]'));
    const maps = page.getByRole("application", { name: "Map of filter 1", exact: true });
    await tap(maps.first(), page.getByText(/^Map 1, row \d+, column \d+: window/));
    expect(complaints).toEqual([]);
    await close();
  });

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
    await reach(page, page.getByLabel("Digits to learn from", { exact: true }));
    await keys("Home");
    await expect.poll(() => page.url()).toContain("samples=2000");
    await reach(page, page.getByLabel("Network", { exact: true }));
    await keys("Home");
    await expect.poll(() => page.url()).toContain("net=softmax");
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
    // What is seen is passed on from any view.
    await reach(page, button(page, "Share what you see"));
    await keys("Enter");
    await expect.poll(() => copied(page), { timeout: 10_000 }).toBe(page.url());
    expect(complaints).toEqual([]);
    await close();
  });
});

type Place = readonly [x: number, y: number];

/** Two bars down, two across. */
const HASH: readonly (readonly [Place, Place])[] = [
  [
    [0.35, 0.15],
    [0.33, 0.85],
  ],
  [
    [0.67, 0.15],
    [0.65, 0.85],
  ],
  [
    [0.15, 0.36],
    [0.85, 0.36],
  ],
  [
    [0.15, 0.66],
    [0.85, 0.66],
  ],
];

/** A finger on an element until something comes of it: on a busy machine the press and the lift may come too far apart to be a tap. */
async function tap(target: Locator, sign: Locator): Promise<void> {
  for (let left = 5; ; left--) {
    await target.tap();
    try {
      return await sign.first().waitFor({ state: "attached", timeout: 5000 });
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

const fingers = new WeakMap<Page, CDPSession>();

/** A finger from one place of an element to another, both as shares of it. */
async function swipe(page: Page, target: Locator, from: Place, to: Place): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = (await target.boundingBox())!;
  // A session that is given up takes the page's touch screen with it: taps would be no clicks any more.
  const session = fingers.get(page) ?? (await page.context().newCDPSession(page));
  fingers.set(page, session);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints });
  const at = (share: number) => ({
    x: box.x + (from[0] + (to[0] - from[0]) * share) * box.width,
    y: box.y + (from[1] + (to[1] - from[1]) * share) * box.height,
  });
  await send("touchStart", [at(0)]);
  for (let k = 1; k <= 6; k++) await send("touchMove", [at(k / 6)]);
  await send("touchEnd", []);
}

/** Presses Tab until an element has the focus, as whoever has no pointer does. */
async function reach(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let k = 0; k < 120; k++) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${target} is not reached by Tab.`);
}
