import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../../../scripts/chromium.mjs";
import { FIREFOX, Firefox } from "./firefox.js";
import { press, type ServedSite, serveSite, visit } from "./support.js";

const HASH = "#/train?net=softmax&samples=2000&epochs=2";

describe.skipIf(!FIREFOX)("in Firefox", () => {
  let site: ServedSite;
  let firefox: Firefox;

  beforeAll(async () => {
    site = await serveSite();
    firefox = await Firefox.launch(FIREFOX!);
  }, 120_000);
  afterAll(async () => {
    await firefox?.close();
    await site?.close();
  });

  /** Waits until a selector finds something with such a text, and tells the text. */
  const seen = (selector: string, text = "") =>
    firefox.evaluate(
      async (selector, text) => {
        for (let left = 1200; left > 0; left--) {
          const found = [...document.querySelectorAll(selector)].find((node) =>
            node.textContent?.includes(text),
          );
          if (found) return found.textContent ?? "";
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error(`${selector} with ${text} did not come: ${document.body.textContent.slice(0, 300)}`);
      },
      selector,
      text,
    );
  const click = (selector: string) =>
    firefox.evaluate((selector) => document.querySelector<HTMLElement>(selector)!.click(), selector);

  test("every view comes, with threads, and none fails", async () => {
    for (const [hash, selector] of [
      ["#/train", ".training"],
      ["#/playground", ".neuron"],
      ["#/inside", ".layer-look"],
      ["#/inside?look=unroll", ".patch-row span"],
      ["#/inside?look=race", ".race canvas"],
      ["#/speed", "[data-speed]"],
      ["#/draw", ".bars"],
    ] as const) {
      await firefox.go(site.url + hash);
      await seen(`main[data-view] ${selector}`);
      expect(await firefox.evaluate(() => document.querySelectorAll(".note.bad").length), hash).toBe(0);
    }
    expect(await firefox.evaluate(() => crossOriginIsolated)).toBe(true);
  }, 180_000);

  test("an example is drawn and read", async () => {
    await firefox.go(`${site.url}#/draw`);
    await seen("main[data-view=draw] .bars");
    await click('[aria-label="Draw an example of 3"]');
    expect(await seen(".verdict-words strong", "a 3")).toBe("Definitely a 3");
  }, 120_000);

  test("a network that is trained there has the weights that it has in Chromium, to the last bit", async () => {
    await firefox.go(site.url + HASH);
    await seen("[data-status]", "Ready");
    await click(".training .button.main");
    const hash = await seen("[data-hash]");
    const chromium = await launchChromium();
    const { page, close } = await visit(chromium, site, HASH);
    await press(page, "Train");
    expect(await page.locator("[data-hash]").textContent({ timeout: 120_000 })).toBe(hash);
    await close();
    await chromium.close();
  }, 300_000);
});
