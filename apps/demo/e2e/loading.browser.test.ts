import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  DIST,
  longestTask,
  observeShifts,
  type ServedSite,
  shiftsOn,
  useSite,
  visit,
  visitView,
} from "./support.js";

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

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
      await observeShifts(fresh);
    });
    await page.waitForLoadState("networkidle", { timeout: 60_000 });
    expect(await shiftsOn(page)).toBeLessThan(0.05);
    await close();
  });
});

describe("the first view, before its program has come", () => {
  /** Where things stand, and what they say. */
  const places = (page: Page, within: string) =>
    page.evaluate((within) => {
      const boxes = [
        ".site-header",
        "h1",
        ".pad",
        ".pad-hint",
        ".verdict",
        ".bars",
        ".examples",
        ".teach",
        ".seen",
      ];
      const root = [...document.querySelectorAll(within)].find((node) => node.checkVisibility())!;
      return boxes.map((name) => {
        const node = root.querySelector(name)!;
        const { x, y, width, height } = node.getBoundingClientRect();
        return [
          name,
          [x, y, width, height].map((value) => Math.round(value * 10) / 10).join(" "),
          node.textContent,
        ];
      });
    }, within);

  for (const [name, lang, options] of [
    ["a phone", "en", { viewport: { width: 390, height: 664 }, isMobile: true, hasTouch: true }],
    ["a desktop, in Korean", "ko", { viewport: { width: 1280, height: 800 }, locale: "ko-KR" }],
  ] as const)
    test(`is painted as it will be, on ${name}`, async () => {
      const context = await browser.newContext({ locale: "en-US", colorScheme: "dark", ...options });
      const page = await context.newPage();
      let send = () => {};
      const asked = new Promise<void>((resolve) => {
        send = resolve;
      });
      await page.route("**/assets/index-*.js", async (route) => {
        await asked;
        await route.continue();
      });
      await page.goto(site.url, { waitUntil: "commit" });
      await page.locator(`.frame[lang=${lang}] .verdict`).waitFor();
      const before = await places(page, ".frame");
      const root = page.locator("html");
      expect([await root.getAttribute("lang"), await root.getAttribute("data-theme")]).toEqual([
        lang,
        "dark",
      ]);
      expect(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint").length)).toBe(
        1,
      );
      send();
      await page.waitForSelector("main[data-view]");
      expect(await page.locator(".frame").count()).toBe(0);
      expect(await places(page, "body")).toEqual(before);
      await context.close();
    });

  test("is not shown where another was asked for, nor its hint over a drawing", async () => {
    for (const [hash, isShown] of [
      ["#/train", false],
      ["#/draw?d=", true],
    ] as const) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.route("**/assets/index-*.js", () => {});
      await page.goto(site.url + hash, { waitUntil: "commit" });
      await page.waitForFunction(() => document.readyState !== "loading");
      expect(await page.locator(".frame[lang=en] h1").isVisible()).toBe(isShown);
      expect(await page.locator(".frame[lang=en] .pad-hint").isVisible()).toBe(false);
      await context.close();
    }
  });
});

describe("what other programs show of the site", () => {
  /** A PNG's width and height stand in its first chunk. */
  const sizeOf = async (file: string) => {
    const bytes = await readFile(path.join(DIST, file));
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  };

  test("a shared link has a title, a sentence and a picture", async () => {
    const html = await readFile(path.join(DIST, "index.html"), "utf8");
    const told = (name: string) =>
      new RegExp(`property="og:${name}"\\s+content="([^"]+)"`).exec(html)?.[1] ?? "";
    expect(told("title")).toContain("Loam");
    expect(told("description").length).toBeGreaterThan(50);
    expect(await sizeOf(told("image"))).toEqual([1200, 630]);
    // Nobody who draws a digit needs it.
    expect(await readFile(path.join(DIST, "offline.json"), "utf8")).not.toContain("social");
  });

  test("whoever installs it gets an icon, also where icons are cut round", async () => {
    const { icons } = JSON.parse(await readFile(path.join(DIST, "manifest.webmanifest"), "utf8")) as {
      icons: { src: string; sizes: string; purpose?: string }[];
    };
    const pictures = icons.filter(({ src }) => src.endsWith(".png"));
    for (const { src, sizes } of pictures) expect((await sizeOf(src)).join("x")).toBe(sizes);
    expect(pictures.map(({ sizes, purpose }) => [sizes, purpose])).toEqual([
      ["192x192", undefined],
      ["512x512", undefined],
      ["512x512", "maskable"],
    ]);
    expect(await sizeOf("icons/icon-180.png")).toEqual([180, 180]);
  });
});

describe("training", () => {
  test("moves nothing on the screen, from the first digit drawn to the card at the end", async () => {
    const hash = "#/train?net=softmax&samples=2000&epochs=4";
    const { page, close } = await visit(browser, site, hash, {}, observeShifts);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.locator("[data-hash]").waitFor({ timeout: 60_000 });
    await page.waitForTimeout(300);
    expect(await shiftsOn(page)).toBeLessThan(0.05);
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
