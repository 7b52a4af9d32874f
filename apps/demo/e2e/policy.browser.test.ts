import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../../../scripts/chromium.mjs";
import { drawDigit } from "./scripted-digits.js";
import { POLICY, press, type ServedSite, serveSite, visit } from "./support.js";

/** A name that the browser takes for another machine's, so that the page is none of a secure context. */
const HOST = "loam.test";

let browser: Browser;
let site: ServedSite;
/** The site as a machine in the house would serve it: plain http, by its name, and without the headers of isolation. */
let plain: ServedSite;

beforeAll(async () => {
  [browser, site, plain] = await Promise.all([
    launchChromium([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`]),
    serveSite(),
    serveSite({ isolated: false }),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await plain?.close();
});

const trained = async (page: Page) => {
  await press(page, "Train");
  await page.locator("[data-hash]").waitFor({ timeout: 60_000 });
};

/** Each view, and what is done in it: whatever makes workers, pictures, files or styles. */
const USES: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
  [
    "draw",
    "#/draw",
    async (page) => {
      await drawDigit(page, 3);
      await page.locator(".bars tr.best").waitFor();
      await page.getByText("Put this pad on your own page").click();
    },
  ],
  [
    "train",
    "#/train?net=cnn&samples=500&epochs=1&batch=50",
    async (page) => {
      await trained(page);
      const saved = page.waitForEvent("download");
      await press(page, "Download the network");
      await saved;
    },
  ],
  [
    "train on files",
    "#/train?data=files&epochs=2",
    async (page) => {
      const rows = Array.from({ length: 40 }, (_, i) => `${i % 2},${(i % 2) + (i % 7) / 10},${i % 5}`);
      const buffer = Buffer.from(["label,a,b", ...rows].join("\n"));
      await page.locator("#data-files").setInputFiles([{ name: "table.csv", mimeType: "text/csv", buffer }]);
      await page.getByText("A table is not a picture").waitFor();
      await trained(page);
    },
  ],
  [
    "playground",
    "#/playground",
    async (page) => {
      await press(page, "One epoch");
      await page.locator(".neuron").first().waitFor();
    },
  ],
  ["inside, layers", "#/inside", (page) => page.locator(".layer-look").first().waitFor()],
  ["inside, im2col", "#/inside?look=unroll", (page) => press(page, "Play")],
  ["inside, race", "#/inside?look=race", (page) => press(page, "Race")],
  [
    "speed",
    "#/speed",
    async (page) => {
      await press(page, "Measure");
      await page
        .getByText(/GFLOP\/s/)
        .nth(1)
        .waitFor({ timeout: 60_000 });
      await press(page, "Stop");
    },
  ],
];

/** Has the page keep what its policy refused. */
async function watchPolicy(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const refused: string[] = [];
    Object.assign(window, { refused });
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      refused.push(`${violatedDirective}: ${blockedURI}`),
    );
  });
}
const refusedIn = (page: Page) =>
  page.evaluate(() => (window as unknown as { refused: readonly string[] }).refused);

describe.each(USES)("%s", (_, hash, use) => {
  test("needs nothing that the strict policy refuses", async () => {
    expect(POLICY).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
    const { page, complaints, requests, close } = await visit(browser, site, hash, {}, watchPolicy);
    await use(page);
    await page.waitForTimeout(500);
    expect(await refusedIn(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(site.origin) && !url.startsWith("blob:"))).toEqual([]);
    await close();
  });

  test("works on a page over plain http, which has no crypto.subtle", async () => {
    const inHouse = { ...plain, url: plain.url.replace("127.0.0.1", HOST) };
    const { page, complaints, close } = await visit(browser, inHouse, hash, {}, watchPolicy);
    expect(await page.evaluate(() => [isSecureContext, crypto.subtle === undefined])).toEqual([false, true]);
    await use(page);
    await page.waitForTimeout(500);
    expect(await refusedIn(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});

test("over plain http the page says why it has one thread, and gives no advice that cannot help", async () => {
  const inHouse = { ...plain, url: plain.url.replace("127.0.0.1", HOST) };
  const { page, close } = await visit(browser, inHouse, "#/draw");
  const footer = page.locator(".site-footer");
  await footer.getByText("over plain http a page may use no more").waitFor();
  expect(await footer.textContent()).not.toContain("Reload");
  await close();
});

test("the policy that is tried does refuse", async () => {
  const { page, close } = await visit(browser, site, "#/draw", {}, watchPolicy);
  await page.evaluate(() => {
    const style = document.createElement("style");
    style.textContent = "main { color: red }";
    document.head.append(style);
  });
  await expect.poll(() => refusedIn(page)).toEqual(["style-src-elem: inline"]);
  await close();
});
