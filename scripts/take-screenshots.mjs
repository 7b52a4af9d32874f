// Writes docs/images/demo-*.png: every view of the built demo site, each once on a desktop and once on a phone, once light and once dark.
// Run `npm run build` before it.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launchChromium } from "./chromium.mjs";
import { ISOLATED, serveFolder } from "./serve-folder.mjs";

const site = fileURLToPath(new URL("../apps/demo/dist", import.meta.url));
const images = fileURLToPath(new URL("../docs/images/", import.meta.url));

/** Each view: its address, the theme of its desktop picture (the phone's is the other one), and what to do before the shutter. */
const VIEWS = [
  ["draw", "#/draw?", "light", drawThree],
  ["train", "#/train?samples=5000&epochs=2&", "dark", train],
  ["inside", "#/inside?look=race&hill=rosenbrock&", "light", race],
  ["speed", "#/speed?", "dark", measure],
];

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

async function drawThree(page) {
  await page.getByRole("button", { name: "Draw an example of 3" }).click();
  await page.waitForTimeout(1500);
  await page.evaluate(() => document.activeElement?.blur());
}

async function train(page) {
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.waitForSelector("[data-hash]", { timeout: 120_000 });
  await page.waitForTimeout(500);
  if (page.viewportSize().width < 600) {
    await page.evaluate(() => document.querySelector("[data-status]")?.closest("section")?.scrollIntoView());
  }
}

async function race(page) {
  await page.getByRole("button", { name: "Race" }).click();
  await page.waitForFunction(
    () => Number(/\d+/.exec(document.querySelector("[data-steps]")?.textContent ?? "")?.[0]) > 120,
  );
  await page.getByRole("button", { name: "Pause" }).click();
  await page.evaluate(() => document.querySelector(".race")?.closest("section")?.scrollIntoView());
}

async function measure(page) {
  await page.getByRole("button", { name: "Measure" }).click();
  await page.locator("[data-speed]", { hasText: "Measured." }).waitFor({ timeout: 120_000 });
  await page.waitForTimeout(700);
}

await mkdir(images, { recursive: true });
const server = await serveFolder(site, ISOLATED);
const browser = await launchChromium();
try {
  for (const [name, hash, theme, prepare] of VIEWS) {
    for (const [device, options] of [
      ["desktop", DESKTOP],
      ["phone", PHONE],
    ]) {
      const context = await browser.newContext({ ...options, locale: "en-US" });
      const page = await context.newPage();
      const shown = device === "desktop" ? theme : theme === "light" ? "dark" : "light";
      await page.goto(`${server.url}${hash}theme=${shown}`);
      await page.waitForSelector("main[data-view]");
      await prepare(page);
      await page.screenshot({ path: `${images}demo-${name}-${device}.png` });
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
