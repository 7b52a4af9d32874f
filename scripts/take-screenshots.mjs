// Writes docs/images/demo-*.webp: every view of the built demo site on one sheet each, light and dark, on a desktop and on a phone.
// Run `npm run build` before it. Names after the command take only those.
import { mkdir, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launchChromium } from "./chromium.mjs";
import { ISOLATED, serveFolder } from "./serve-folder.mjs";

const site = fileURLToPath(new URL("../apps/demo/dist", import.meta.url));
const images = fileURLToPath(new URL("../docs/images/", import.meta.url));

/** Each view's address, what to do once, and what to do before each picture, as a view is drawn anew in another theme. */
const VIEWS = {
  draw: { hash: "#/draw", once: drawThree, each: (page) => scrollTo(page, "header") },
  train: { hash: "#/train?samples=5000&epochs=3", once: train, each: toTraining },
  gestures: { hash: "#/train?data=files&epochs=30", once: gestures, each: toGestures },
  playground: { hash: "#/playground", once: play, each: (page) => scrollTo(page, "main h1") },
  layers: { hash: "#/inside", each: (page) => scrollTo(page, ".flow-source") },
  im2col: { hash: "#/inside?look=unroll&unroll=14-3-1-1-f-92", each: (page) => scrollTo(page, ".sub-views") },
  race: { hash: "#/inside?look=race&hill=rosenbrock", each: race },
  speed: { hash: "#/speed", once: measure, each: (page) => scrollTo(page, "main h1") },
};
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 800 };
/** How large a picture is on the sheet, of its own size; for whoever opens it, small text is to be read. */
const SCALE = 0.625;
const GAP = 20;
const QUALITY = 0.85;

async function drawThree(page) {
  await page.getByRole("button", { name: "Draw an example of 3" }).click();
  await page.waitForFunction(() => location.hash.includes("d="));
  await page.waitForSelector(".bars tr:nth-child(4).best");
}

async function train(page) {
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.waitForSelector("[data-hash]", { timeout: 300_000 });
}

async function toTraining(page) {
  await page.waitForSelector("[data-hash]");
  await scrollTo(page, page.viewportSize().width < 600 ? "[data-status]" : "main h1");
}

/** Two gestures of a made-up device, recorded, learned and told. */
async function gestures(page) {
  await page.evaluate(() => {
    let t = 0;
    window.gesture = "circle";
    setInterval(() => {
      t += 1;
      const isCircle = window.gesture === "circle";
      const x = isCircle ? 6 * Math.cos(t / 6) : 14 * Math.sign(Math.sin(t / 2));
      const y = isCircle ? 6 * Math.sin(t / 6) : Math.sin(t);
      const accelerationIncludingGravity = { x, y, z: 9.81 + 0.2 * Math.sin(t * 1.3) };
      dispatchEvent(new DeviceMotionEvent("devicemotion", { accelerationIncludingGravity, interval: 16 }));
    }, 16);
  });
  await page.getByRole("button", { name: "Record gestures" }).click();
  await page.getByRole("button", { name: "Turn the sensor on" }).click();
  for (const name of ["circle", "shake"]) {
    await page.evaluate((now) => Object.assign(window, { gesture: now }), name);
    const hold = page.getByRole("button", { name: `Hold for ${name}` });
    for (let k = 0; k < 6; k++) {
      await hold.hover();
      await page.mouse.down();
      await page.waitForTimeout(1000);
      await page.mouse.up();
    }
  }
  await page.getByRole("button", { name: "Learn from these" }).click();
  await page.getByText(/^gestures: 12 samples/).waitFor();
  await train(page);
}

/** The sensor goes off with the view, and every picture is of a view that is drawn anew. */
async function toGestures(page) {
  const record = page.getByRole("button", { name: "Record gestures" });
  await record.waitFor();
  if ((await page.locator("[data-capture]").count()) === 0) await record.click();
  await page.locator("[data-capture]").waitFor();
  const on = page.getByRole("button", { name: "Turn the sensor on" });
  if (await on.isVisible()) await on.click();
  await page.locator("[data-capture-said]").waitFor();
  await scrollTo(page, "[data-capture]");
}

async function play(page) {
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.waitForTimeout(6000);
}

async function race(page) {
  await page.getByRole("button", { name: "Race" }).click();
  const step = () => Number(/\d+/.exec(document.querySelector("[data-steps]")?.textContent ?? "")?.[0]);
  await page.waitForFunction(`(${step})() > 150`);
  await page.getByRole("button", { name: "Pause" }).click();
  await scrollTo(page, page.viewportSize().width < 600 ? ".race" : ".card");
}

async function measure(page) {
  await page.getByRole("button", { name: "Measure" }).click();
  await page.locator("[data-speed]", { hasText: "Measured." }).waitFor({ timeout: 300_000 });
}

/** Puts an element near the top, where it is below the fold. */
async function scrollTo(page, selector) {
  await page.waitForSelector(selector);
  await page.evaluate((selector) => {
    const card = document.querySelector(selector);
    window.scrollTo(0, card.getBoundingClientRect().top + window.scrollY - 24);
  }, selector);
}

/** Four pictures of a view: desktop and phone, light and dark. */
async function takePictures(browser, url, { hash, once, each }) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: "en-US", colorScheme: "light" });
  const page = await context.newPage();
  await page.goto(url + hash);
  await page.waitForSelector("main[data-view]");
  await once?.(page);
  const pictures = [];
  for (const theme of ["light", "dark"]) {
    if (theme === "dark") await page.getByRole("button", { name: "Switch to dark" }).click();
    for (const viewport of [DESKTOP, PHONE]) {
      await page.setViewportSize(viewport);
      await page.waitForSelector("main[data-view]");
      await each?.(page);
      await page.evaluate(() => document.activeElement?.blur());
      // Bars grow and charts are drawn within this.
      await page.waitForTimeout(800);
      pictures.push({ ...viewport, png: await page.screenshot() });
    }
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.setViewportSize(DESKTOP);
  }
  await context.close();
  return pictures;
}

/** Puts pictures side by side on a sheet without a ground of its own, and packs it. */
async function makeSheet(browser, pictures) {
  const page = await browser.newPage();
  const sources = pictures.map(({ png, width, height }) => ({
    url: `data:image/png;base64,${png.toString("base64")}`,
    width: Math.round(width * SCALE),
    height: Math.round(height * SCALE),
  }));
  const base64 = await page.evaluate(
    async ({ sources, gap, quality }) => {
      const canvas = document.createElement("canvas");
      canvas.width = sources.reduce((sum, { width }) => sum + width, 0) + gap * (sources.length - 1);
      canvas.height = Math.max(...sources.map(({ height }) => height));
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      let left = 0;
      for (const { url, width, height } of sources) {
        const image = new Image();
        image.src = url;
        await image.decode();
        context.save();
        context.beginPath();
        context.roundRect(left, 0, width, height, 12);
        context.clip();
        context.drawImage(image, left, 0, width, height);
        context.restore();
        left += width + gap;
      }
      return canvas.toDataURL("image/webp", quality).split(",")[1];
    },
    { sources, gap: GAP, quality: QUALITY },
  );
  await page.close();
  return Buffer.from(base64, "base64");
}

const asked = process.argv.slice(2);
await mkdir(images, { recursive: true });
const server = await serveFolder(site, ISOLATED);
const browser = await launchChromium();
try {
  for (const [name, view] of Object.entries(VIEWS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const sheet = await makeSheet(browser, await takePictures(browser, server.url, view));
    await writeFile(`${images}demo-${name}.webp`, sheet);
    process.stderr.write(`demo-${name}.webp: ${Math.round(sheet.length / 1000)} KB\n`);
  }
} finally {
  await browser.close();
  await server.close();
}
