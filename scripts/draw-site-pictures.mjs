// Draws what other programs show of the demo site: its icons, from favicon.svg, and the picture beside a shared link, from the built site.
// Run `npm run build` before it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launchChromium } from "./chromium.mjs";
import { ISOLATED, serveFolder } from "./serve-folder.mjs";

const site = fileURLToPath(new URL("../apps/demo/dist", import.meta.url));
const files = fileURLToPath(new URL("../apps/demo/public/", import.meta.url));
/** Masks cut away up to a tenth at each edge. */
const ICONS = [
  { name: "icon-180", size: 180, inset: 0.1, fills: true },
  { name: "icon-192", size: 192, inset: 0 },
  { name: "icon-512", size: 512, inset: 0 },
  { name: "icon-maskable-512", size: 512, inset: 0.14, fills: true },
];
/** What most places show beside a link. */
const LINK = { width: 1200, height: 630 };

async function drawIcon(page, svg, { name, size, inset, fills }) {
  const margin = size * inset;
  await page.setViewportSize({ width: size, height: size });
  const ground = fills ? "#17231c" : "transparent";
  await page.setContent(
    `<style>body { margin: 0; background: ${ground} } svg { display: block; margin: ${margin}px; width: ${size - 2 * margin}px }</style>${svg}`,
  );
  await writeFile(`${files}icons/${name}.png`, await page.screenshot({ omitBackground: true }));
}

/** The first view, a little smaller than on a desktop: all of the pad is to be seen. */
async function drawLink(browser, url) {
  const deviceScaleFactor = 0.75;
  const [width, height] = [LINK.width, LINK.height].map((size) => size / deviceScaleFactor);
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor });
  await page.goto(`${url}#/draw?theme=light&lang=en`);
  await page.getByRole("button", { name: "Draw an example of 3" }).click();
  await page.waitForSelector(".bars tr:nth-child(4).best");
  await page.evaluate(() => {
    document.activeElement?.blur();
    scrollTo(0, 0);
  });
  await page.waitForTimeout(1500);
  await writeFile(`${files}social.png`, await page.screenshot());
}

await mkdir(`${files}icons`, { recursive: true });
const svg = await readFile(`${files}favicon.svg`, "utf8");
const server = await serveFolder(site, ISOLATED);
const browser = await launchChromium();
try {
  const page = await browser.newPage();
  for (const icon of ICONS) await drawIcon(page, svg, icon);
  await drawLink(browser, server.url);
} finally {
  await browser.close();
  await server.close();
}
process.stderr.write(`${files}: icons/ and social.png\n`);
