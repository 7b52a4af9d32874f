import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../../../scripts/chromium.mjs";
import { drawDigit } from "./scripted-digits.js";
import { longestTask, type ServedSite, serveSite, viewLink, visit, visitView } from "./support.js";

let browser: Browser;
let site: ServedSite;
let axe: string;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium(), serveSite()]);
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Every face of the site: its address, and what tells that it is complete. */
const FACES = [
  ["draw", "#/draw?", ".bars"],
  ["train", "#/train?", ".settings"],
  ["train, own layers", "#/train?net=custom&layers=c4-3-1-0.r.m2.d200.u32&", ".layer-item"],
  ["train, files", "#/train?data=files&", ".drop"],
  ["playground", "#/playground?", ".hash, .neuron"],
  ["inside, layers", "#/inside?", ".layer-look"],
  ["inside, im2col", "#/inside?look=unroll&", ".patch-row span"],
  ["inside, race", "#/inside?look=race&", ".racer"],
  ["speed", "#/speed?", ".ladder"],
] as const;

/** Lets the worker that runs the kernels come late, as on a slow machine. */
async function slowKernels(page: Page): Promise<void> {
  await page.route(/\/worker-.*\.js$/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
}

/** Violations of WCAG's rules that axe-core calls serious or critical. */
async function violations(page: Page): Promise<string[]> {
  // Evaluated from outside, not as a script of the page: its policy would not allow it.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document);
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  });
}

describe.each(FACES)("%s", (_, hash, complete) => {
  test.each(["light", "dark"])(
    "has no serious fault of accessibility and no complaint, %s",
    async (theme) => {
      const { page, complaints, requests, close } = await visit(browser, site, `${hash}theme=${theme}`);
      await page.waitForSelector(complete);
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(site.origin))).toEqual([]);
      await close();
    },
  );

  test.each(["en", "ko"])("fits a phone of 360 pixels, %s", async (language) => {
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
    const { page, complaints, close } = await visit(browser, site, `${hash}lang=${language}`, phone);
    await page.waitForSelector(complete);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    expect(complaints).toEqual([]);
    await close();
  });
});

describe("the site", () => {
  test("switches language and theme, and the address keeps both", async () => {
    const { page, close } = await visit(browser, site);
    await page.getByRole("button", { name: "한국어" }).click();
    await page.getByRole("heading", { name: "숫자를 그려 보세요." }).waitFor();
    expect(await page.title()).toBe("그리기 – Loam");
    await page.getByRole("button", { name: "어둡게 보기" }).click();
    expect(page.url()).toContain("lang=ko");
    expect(page.url()).toContain("theme=dark");
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "Draw a digit." }).waitFor();
    await close();
  });

  test("a link is followed even if the page writes to the address in the same moment", async () => {
    const { page, close } = await visit(browser, site);
    await viewLink(page, "Train").evaluate((link: HTMLElement) => {
      // The browser tells of the new address only after this; the end of a drawing is written before.
      link.click();
      document.querySelector(".pad")!.dispatchEvent(new KeyboardEvent("keydown", { key: "Delete" }));
    });
    await page.waitForSelector('main[data-view="train"]', { timeout: 10_000 });
    expect(page.url()).toContain("#/train");
    await close();
  });

  test("no two cards touch, and nothing is wider than the screen, on a desktop and on a phone", async () => {
    const { page, close } = await visit(browser, site);
    for (const width of [1280, 390])
      for (const hash of [
        "draw",
        "train",
        "train?data=files",
        "playground",
        "inside",
        "inside?look=race",
        "speed",
      ]) {
        await page.setViewportSize({ width, height: 844 });
        await page.goto(`${site.url}#/${hash}`);
        await page.waitForSelector(`main[data-view="${/\w+/.exec(hash)![0]}"] .card, .draw .teach`);
        const found = await page.evaluate(() => {
          const boxes = [...document.querySelectorAll(".card, .teach")]
            .map((card) => card.getBoundingClientRect())
            .filter(({ height }) => height > 0);
          const touch = boxes.flatMap((a) =>
            boxes.filter(
              (b) => b.top >= a.bottom - 1 && b.top < a.bottom + 6 && b.left < a.right && a.left < b.right,
            ),
          );
          return [touch.length, document.documentElement.scrollWidth];
        });
        expect([hash, ...found]).toEqual([hash, 0, width]);
      }
    await close();
  });

  test("an address that is put in while its view is shown is followed", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/inside");
    await page.locator(".layer-look").first().waitFor();
    await page.goto(`${site.url}#/inside?look=race`);
    await page.locator(".race canvas").waitFor();
    await page.goto(`${site.url}#/playground?points=xor`);
    await page.waitForSelector("main[data-view=playground]");
    await page.goto(`${site.url}#/playground?points=moons`);
    await expect.poll(() => page.getByLabel("Shape", { exact: true }).inputValue()).toBe("moons");
    expect(complaints).toEqual([]);
    await close();
  });

  test("keeps the focus on what was pressed by keyboard", async () => {
    const { page, close } = await visit(browser, site);
    for (const key of ["theme", "language"]) {
      await page.locator(`[data-key="${key}"]`).focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector("main[data-view]");
      expect(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.key)).toBe(
        key,
      );
    }
    await close();
  });

  test("opens in the visitor's own language and theme", async () => {
    const { page, close } = await visit(browser, site, "", { locale: "ko-KR", colorScheme: "dark" });
    await page.getByRole("heading", { name: "숫자를 그려 보세요." }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await close();
  });

  test("goes from view to view by keyboard, with the focus on what is new", async () => {
    const { page, close } = await visit(browser, site);
    for (const [name, heading] of [
      ["Train", "Train a network, here and now."],
      ["Look inside", "Look inside."],
      ["Speed", "How fast is this device?"],
      ["Draw", "Draw a digit."],
    ] as const) {
      await viewLink(page, name).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: heading }).first().waitFor();
      await page.waitForFunction(() => document.activeElement?.id === "main");
    }
    await close();
  });

  test("has the same sentences in both languages, with the same gaps", async () => {
    const [{ en }, { ko }] = await Promise.all([import("../src/text/en.js"), import("../src/text/ko.js")]);
    const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort();
    for (const name of Object.keys(en) as (keyof typeof en)[]) {
      const missing = gaps(en[name]).filter((gap) => !gaps(ko[name]).includes(gap));
      // "or a {other}" and the like may be dropped by neither.
      expect([name, missing]).toEqual([name, []]);
      expect(ko[name]).not.toBe("");
    }
  });
});

describe("the page's own thread", () => {
  const play = (page: Page) => page.getByRole("button", { name: "Play" }).click();
  test.each<[string, string, (page: Page) => Promise<void>]>([
    ["a drawing", "#/draw", (page) => drawDigit(page, 3)],
    ["all layers", "#/inside", async (page) => void (await page.waitForSelector(".layer-look"))],
    ["the largest matrix of im2col", "#/inside?look=unroll&unroll=28-7-1-3-f-1", play],
    ["the same, on the way back", "#/inside?look=unroll&unroll=28-7-1-3-b-1", play],
    ["a race", "#/inside?look=race", (page) => page.getByRole("button", { name: "Race" }).click()],
    [
      "a choice of networks",
      "#/train",
      async (page) => {
        for (const network of ["lenet", "mlp", "custom"])
          await page.getByLabel("Network", { exact: true }).selectOption(network);
      },
    ],
  ])("is never held up: %s", async (_, hash, work) => {
    const { page, close } = await visit(browser, site, "#/speed", { deviceScaleFactor: 2 });
    const { processor } = await longestTask(browser, page, async () => {
      await page.evaluate((to) => {
        location.hash = to;
      }, hash);
      await page.waitForSelector(`main[data-view="${/\w+/.exec(hash)![0]}"]`);
      await work(page);
      // As long as something moves.
      await page.waitForTimeout(1500);
    });
    expect(processor).toBeLessThan(100);
    await close();
  });
});

describe("Look inside", () => {
  test("shows every layer of the network, with tables", async () => {
    const { page, close } = await visit(browser, site, "#/inside");
    // One is drawn after the other.
    await page.waitForFunction(() => document.querySelectorAll(".layer-look h2").length === 12);
    expect(await page.locator(".layer-look h2").allTextContents()).toEqual([
      "1. Conv2d",
      "2. ReLU",
      "3. MaxPool2d",
      "4. Conv2d",
      "5. ReLU",
      "6. MaxPool2d",
      "7. Flatten",
      "8. Dense",
      "9. ReLU",
      "10. Dropout",
      "11. Dense",
      "The answer",
    ]);
    // A table each; ReLU and pools are folded under their convolutions besides.
    expect(await page.locator(".layer-look details").count()).toBe(15);
    await close();
  });

  test("takes a number of a map apart: window, filter and bias, by pointer and by key", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/inside", {
      viewport: { width: 390, height: 664 },
      hasTouch: true,
    });
    const probe = page.locator(".layer-look").filter({ hasText: "4. Conv2d" });
    const map = probe.getByRole("application", { name: "Map of filter 2", exact: true });
    await map.scrollIntoViewIfNeeded();
    const { width, height } = (await map.boundingBox())!;
    // An output of 10 by 10: the fourth column of the third row.
    await map.tap({ position: { x: (width * 3.5) / 10, y: (height * 2.5) / 10 } });
    await probe.getByText("Map 2, row 3, column 4: window × filter + bias =").waitFor();
    // Eight channels came in; with the bias they make the sum that is shown.
    const numbers = (text: string) =>
      [...text.replaceAll("−", "-").matchAll(/-?\d+\.\d+/g)].map(([value]) => Number(value));
    const sums = (await probe.locator(".sum-channels button").allTextContents()).map(
      (text) => numbers(text)[0]!,
    );
    expect(sums.length).toBe(8);
    const line = (await probe.locator(".sum-line strong").textContent())!
      .replace(/\+ /g, "")
      .replace(/− /g, "-");
    const [sum, bias, total] = numbers(line);
    const near = (value: number) => Math.round(value * 10) / 10;
    expect(near(sums.reduce((all, value) => all + value, 0))).toBeCloseTo(near(sum!), 0);
    expect(sum! + bias!).toBeCloseTo(total!, 1);
    // The products are those of the numbers beside them, up to their two digits.
    const grids = await Promise.all(
      [0, 1, 2].map((i) => probe.locator(".sum-cells").nth(i).locator("span").allTextContents()),
    );
    expect(grids.map(({ length }) => length)).toEqual([25, 25, 25]);
    const [window, filter, products] = grids.map((cells) => cells.map((text) => numbers(text)[0]!));
    for (const [i, product] of products!.entries())
      expect(Math.abs(window![i]! * filter![i]! - product)).toBeLessThan(
        0.01 + 0.006 * (Math.abs(window![i]!) + Math.abs(filter![i]!)),
      );
    // What the sum says is what the kernels computed: the map's own number, which is read out.
    await map.focus();
    await page.keyboard.press("ArrowRight");
    await probe.getByText("Map 2, row 3, column 5").waitFor();
    const spoken = page.locator("[aria-live]").filter({ hasText: "Map 2, row 3, column 5: " });
    const told = numbers((await spoken.textContent())!).at(-1)!;
    const shown = numbers((await probe.locator(".sum-line strong").textContent())!).at(-1)!;
    expect(told).toBeCloseTo(shown, 2);
    await page.keyboard.press("PageDown");
    await probe.getByText("Map 3, row 3, column 5").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("im2col's row is the window, window by window, and col2im goes back", async () => {
    const { page, close } = await visit(browser, site, "#/inside?look=unroll&unroll=7-3-2-1-f");
    await page.locator("[data-position]", { hasText: "Window 1 of 16" }).waitFor();
    await page.waitForSelector(".patch-row span");
    const window = page.locator(".patch-row").first().locator("span");
    expect(await window.count()).toBe(9);
    // The first window lies over the padding with its first row and its first column.
    const first = await window.allTextContents();
    expect([0, 1, 2, 3, 6].map((i) => first[i])).toEqual(Array(5).fill("0.00"));
    await page.getByRole("button", { name: "Next window" }).click();
    await page.locator("[data-position]", { hasText: "Window 2 of 16" }).waitFor();
    // The whole way: the row times the filter is the map's number, which the kernels computed.
    const rows = page.locator(".patch-row");
    const [row, filter] = (
      await Promise.all([0, 1].map((i) => rows.nth(i).locator("span").allTextContents()))
    ).map((texts) => texts.map(Number));
    const sum = row!.reduce((all, value, i) => all + value * filter![i]!, 0);
    const told = Number(/-?\d+\.\d\d/.exec((await page.locator("[data-product]").textContent())!)![0]);
    expect(Math.abs(sum - told)).toBeLessThan(0.03);
    await page.getByRole("heading", { name: "Matrix × filter: the map, 4 by 4" }).waitFor();
    await page.getByText("col2im", { exact: true }).click();
    await page.getByRole("heading", { name: "Sum of all windows, 7 by 7" }).waitFor();
    // It plays from the first window on; where it pauses is in the address.
    await page.getByRole("button", { name: "Play" }).click();
    const position = page.locator("[data-position]");
    await position.filter({ hasText: /Window ([2-9]|1\d) of/ }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Play" }).waitFor();
    const [at] = /\d+$/.exec(new URLSearchParams(page.url().split("?")[1]).get("unroll")!)!;
    await position.filter({ hasText: `Window ${at} of 16` }).waitFor();
    await close();
  });

  test("the optimizers race down, by the library's kernels", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/inside?look=race", {
      reducedMotion: "reduce",
    });
    const steps = page.locator("[data-steps]");
    await page.getByRole("button", { name: "One step" }).click();
    await steps.filter({ hasText: "Step 1" }).waitFor();
    // f = (x² + 18y²) / 2 at the start (−4.3, 2.9); SGD goes to (x − 0.1x, y − 1.8y).
    const afterOne = (4.3 * 0.9) ** 2 / 2 + 9 * (2.9 * 0.8) ** 2;
    const height = async (name: string) =>
      Number(/[\d.]+/.exec((await page.locator(`[data-height="${name}"]`).textContent())!)![0]);
    expect(await height("sgd")).toBeCloseTo(afterOne, 3);
    await page.getByRole("button", { name: "Race" }).click();
    await steps.filter({ hasText: "Step 151" }).waitFor();
    for (const name of ["sgd", "momentum", "nesterov", "adagrad", "adam", "adamw"]) {
      expect([name, (await height(name)) < 0.05]).toEqual([name, true]);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  test("a race has a finish, where stands who was down first, and when", async () => {
    const others = ["momentum", "nesterov", "rmsprop", "adadelta", "adam", "adamw"];
    const hash = `#/inside?look=race&resting=${others.join("_")}`;
    const { page, complaints, close } = await visit(browser, site, hash, { reducedMotion: "reduce" });
    // SGD multiplies x by 0.9 and y by −0.8; Adagrad's steps get shorter and shorter.
    const height = (n: number) => (4.3 * 0.9 ** n) ** 2 / 2 + 9 * (2.9 * 0.8 ** n) ** 2;
    let down = 0;
    while (height(down) > 0.01 * height(0)) down += 1;
    for (let k = 1; k <= 4; k++) {
      expect(await page.locator(".podium").count()).toBe(0);
      await page.getByRole("button", { name: "Race" }).click();
      await page.locator("[data-steps]", { hasText: `Step ${150 * k}` }).waitFor();
    }
    const places = page.locator(".podium li");
    await expect.poll(() => places.count()).toBe(2);
    expect((await places.allTextContents()).filter((text) => text.startsWith("SGD"))).toEqual([
      `SGDdown after ${down} steps`,
    ]);
    await page.getByRole("button", { name: "Back to the start" }).click();
    await expect.poll(() => places.count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  test("a step that is asked for before the kernels are there is made when they are", async () => {
    const { page, close } = await visit(browser, site, "#/inside?look=race", {}, slowKernels);
    await page.getByRole("button", { name: "One step" }).click();
    await page.getByRole("button", { name: "One step" }).click();
    await page.locator("[data-steps]").filter({ hasText: "Step 2" }).waitFor();
    await close();
  });

  test("going on before a view is complete leaves nothing of it behind", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/inside?look=race", {}, slowKernels);
    await page.getByText("im2col", { exact: true }).click();
    await page.getByText("Layer by layer", { exact: true }).click();
    await visitView(page, "Train");
    await visitView(page, "Look inside");
    await page.waitForSelector(".layer-look");
    await page.waitForTimeout(1000);
    expect(await page.locator("main h1").count()).toBe(1);
    expect(await page.locator(".race, .unroll").count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  test("a race and a window of im2col are in the address", async () => {
    const { page, close } = await visit(browser, site, "#/inside?look=race", { reducedMotion: "reduce" });
    await page.getByLabel("Landscape").selectOption("saddle");
    const rate = page.getByLabel("Learning rate of Adam", { exact: true });
    await rate.fill("0.3");
    await rate.press("Enter");
    await page.getByLabel("Adagrad", { exact: true }).uncheck();
    await page.locator(".race canvas").click({ position: { x: 40, y: 40 } });
    const params = () => new URLSearchParams(page.url().split("?")[1]);
    expect(Object.fromEntries(params())).toMatchObject({
      hill: "saddle",
      rates: "adam-0.3",
      resting: "adagrad",
    });
    expect(params().get("start")).toMatch(/^-3\.\d+_\d/);
    expect(await page.getByLabel("Start, x").inputValue()).toBe(params().get("start")!.split("_")[0]);
    await page.getByLabel("Start, y").fill("0.25");
    await page.keyboard.press("Enter");
    expect(params().get("start")).toMatch(/^-3\.\d+_0\.25$/);
    const heights = async () => {
      await page.getByRole("button", { name: "Race" }).click();
      await page.locator("[data-steps]").filter({ hasText: "Step 150" }).waitFor();
      return page.locator("[data-height]").allTextContents();
    };
    const first = await heights();
    await page.reload();
    expect(await heights()).toEqual(first);

    await page.getByText("im2col", { exact: true }).click();
    await page.getByRole("button", { name: "Next window" }).click();
    await page.getByRole("button", { name: "Next window" }).click();
    await page.locator("[data-position]", { hasText: "Window 69 of 144" }).waitFor();
    await page.reload();
    await page.locator("[data-position]", { hasText: "Window 69 of 144" }).waitFor();
    // With reduced motion nothing plays: the last window is there at once.
    await page.getByRole("button", { name: "Play" }).click();
    await page.locator("[data-position]", { hasText: "Window 144 of 144" }).waitFor();
    await close();
  });
});

describe("Speed", () => {
  test("measures the device: the kernels are many times a plain loop", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/speed");
    await page.getByRole("button", { name: "Measure" }).click();
    // It goes on while another view is shown.
    await visitView(page, "Draw");
    await visitView(page, "Speed");
    await page.locator("[data-speed]", { hasText: "Measuring" }).waitFor();
    await page.locator("[data-speed]", { hasText: "Measured." }).waitFor({ timeout: 110_000 });
    const [loop, ours] = await page.locator(".ladder").first().locator("td.number").allTextContents();
    expect(Number.parseFloat(ours!)).toBeGreaterThan(3 * Number.parseFloat(loop!));
    const steps = await page.locator(".ladder").nth(1).locator("td.number").allTextContents();
    for (const shown of steps) expect(Number.parseFloat(shown.replace(/,/g, ""))).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await close();
  });
});
