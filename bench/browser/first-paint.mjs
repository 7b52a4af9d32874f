// When the site's first view has its largest paint, on a device a quarter as fast as this machine, over what Lighthouse calls slow 4G, files packed as hosts
// of static sites pack them. The site is built before.
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../scripts/chromium.mjs";
import { ISOLATED, serveFolder } from "../../scripts/serve-folder.mjs";

const SITE = fileURLToPath(new URL("../../apps/demo/dist", import.meta.url));
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};
const VIEWS = {
  phone: { viewport: { width: 390, height: 664 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** Least and median milliseconds over so many visits, each with an empty cache; and when the view's program was there. */
export async function measurePaint(visits, site = SITE) {
  const server = await serveFolder(site, ISOLATED, undefined, { packed: true });
  const browser = await launchChromium();
  try {
    const rows = [];
    for (const [name, view] of Object.entries(VIEWS)) {
      const paints = [];
      for (let i = 0; i < visits; i++) paints.push(await paintOf(browser, server.url, view));
      const sorted = (of) => paints.map(of).sort((a, b) => a - b);
      const times = sorted(({ at }) => at);
      const ready = sorted(({ ready }) => ready);
      const median = times[times.length >> 1];
      rows.push({ name, least: times[0], median, ready: ready[0], painted: paints.at(-1).what });
    }
    return rows;
  } finally {
    await browser.close();
    await server.close();
  }
}

async function paintOf(browser, url, view) {
  const context = await browser.newContext({ ...view, serviceWorkers: "block" });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.emulateNetworkConditions", SLOW_4G);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.addInitScript(() => {
      globalThis.largest = { at: 0, what: "" };
      const changes = new MutationObserver(() => {
        if (!document.querySelector("main[data-view]")) return;
        changes.disconnect();
        globalThis.ready = performance.now();
      });
      changes.observe(document, { subtree: true, childList: true, attributes: true });
      new PerformanceObserver((list) => {
        for (const { startTime, element } of list.getEntries())
          globalThis.largest = { at: startTime, what: element?.tagName.toLowerCase() ?? "" };
      }).observe({ type: "largest-contentful-paint", buffered: true });
    });
    await page.goto(url);
    await page.waitForSelector("main[data-view]", { timeout: 60_000 });
    await page.waitForLoadState("networkidle", { timeout: 60_000 });
    return await page.evaluate(() => ({ ...globalThis.largest, ready: globalThis.ready }));
  } finally {
    await context.close();
  }
}
