import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { decodeStrokes, encodeStrokes, type Stroke } from "../src/draw/strokes.js";
import { en } from "../src/text/en.js";
import { Curve } from "../src/train/curve.js";
import {
  DIST,
  observeShifts,
  press,
  type ServedSite,
  shiftsOn,
  useSite,
  viewLink,
  visit,
  visitView,
} from "./support.js";

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

const PHONE = { viewport: { width: 390, height: 664 }, hasTouch: true };
/** A drawn 5: a hook, and the bar above it. */
const FIVE = encodeStrokes([
  [
    { x: 0.66, y: 0.2 },
    { x: 0.4, y: 0.2 },
    { x: 0.36, y: 0.48 },
    { x: 0.52, y: 0.44 },
    { x: 0.66, y: 0.55 },
    { x: 0.68, y: 0.7 },
    { x: 0.52, y: 0.82 },
    { x: 0.34, y: 0.76 },
  ],
]);
/** A short run. */
const SHORT = "#/train?net=softmax&samples=1000&epochs=1&batch=100";
/** Links into the site past its first view. */
const DEEP = ["#/train", "#/playground", "#/inside", "#/inside?look=unroll", "#/inside?look=race", "#/speed"];
const status = (page: Page) => page.locator("[data-status]");
const give = (page: Page, files: readonly { name: string; text: string }[]) =>
  page
    .locator("#data-files")
    .setInputFiles(
      files.map(({ name, text }) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) })),
    );

/** The site's own examples, as its address writes them. */
async function examples(): Promise<Stroke[][]> {
  const { page, close } = await visit(browser, site, "#/draw", { reducedMotion: "reduce" });
  const drawn: Stroke[][] = [];
  for (let digit = 0; digit < 10; digit++) {
    await press(page, `Draw an example of ${digit}`);
    drawn.push(decodeStrokes(new URLSearchParams(page.url().split("?")[1]).get("d")!));
  }
  await close();
  return drawn;
}

/** Rows of a table: a label, and two numbers that tell it. */
function table(labels: readonly string[], rows = 40): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const kind = i % labels.length;
    return `${labels[kind]},${kind + (i % 7) / 10},${(i % 5) / 10}`;
  });
  return ["label,a,b", ...lines].join("\n");
}

describe("a page over plain http", () => {
  test("trains to the end, tells the hash, and gives the network away", async () => {
    const { page, complaints, close } = await visit(browser, site, SHORT, {}, async (page) => {
      await page.addInitScript(() => Object.defineProperty(crypto, "subtle", { value: undefined }));
    });
    await press(page, "Train");
    const hash = page.locator("[data-hash]");
    await hash.waitFor({ timeout: 60_000 });
    expect(await hash.textContent()).toMatch(/^[0-9a-f]{64}$/);
    const saved = page.waitForEvent("download");
    await press(page, "Download the network");
    await saved;
    expect(complaints).toEqual([]);
    await close();
  });
});

describe("drawing on a phone", () => {
  test("has pad, verdict and ten bars on the screen at once, and room to scroll beside the pad", async () => {
    const { page, close } = await visit(browser, site, `#/draw?d=${FIVE}`, PHONE);
    await page.locator(".bars tr.best").waitFor();
    const tabs = (await page.locator(".views").boundingBox())!;
    const pad = (await page.locator(".pad").boundingBox())!;
    const bars = (await page.locator(".bars").boundingBox())!;
    expect(bars.y + bars.height).toBeLessThanOrEqual(tabs.y);
    expect(pad.y).toBeGreaterThanOrEqual(0);
    expect(pad.x).toBeGreaterThanOrEqual(40);
    await close();
  });

  test("does not take a second finger for the first one's way", async () => {
    const { page, close } = await visit(browser, site, "#/draw", PHONE);
    const strokes = await page.locator(".pad").evaluate((pad) => {
      const { left, top, width } = pad.getBoundingClientRect();
      const point = (type: string, pointerId: number, x: number, y: number) =>
        pad.dispatchEvent(
          new PointerEvent(type, {
            pointerId,
            isPrimary: pointerId === 1,
            pointerType: "touch",
            button: type === "pointermove" ? -1 : 0,
            clientX: left + x * width,
            clientY: top + y * width,
            bubbles: true,
          }),
        );
      // No pointer is down for the browser, so that there is nothing to capture.
      pad.setPointerCapture = () => {};
      point("pointerdown", 1, 0.5, 0.2);
      point("pointermove", 1, 0.5, 0.4);
      point("pointerdown", 2, 0.1, 0.9);
      point("pointermove", 2, 0.15, 0.9);
      point("pointermove", 1, 0.5, 0.8);
      point("pointerup", 2, 0.15, 0.9);
      point("pointerup", 1, 0.5, 0.8);
      return new URLSearchParams(location.hash.split("?")[1]).get("d");
    });
    // One stroke of three points, three letters each.
    expect(strokes).toMatch(/^[\w-]{9}$/);
    await close();
  });
});

test("small drawings are read as large ones are", async () => {
  const { page, close } = await visit(browser, site);
  const drawn = await examples();
  const read = async (scale: number) => {
    const found: string[] = [];
    for (let digit = 0; digit < 10; digit++) {
      const small = drawn[digit]!.map((stroke) =>
        stroke.map(({ x, y }) => ({ x: 0.3 + (x - 0.5) * scale, y: 0.6 + (y - 0.5) * scale })),
      );
      await page.evaluate((hash) => location.replace(hash), `#/draw?d=${encodeStrokes(small)}&n=${scale}`);
      await page.reload();
      await page.locator(".bars tr.best").waitFor();
      found.push((await page.locator(".verdict-digit").textContent())!);
    }
    return found.join("");
  };
  expect(await read(1)).toBe("0123456789");
  expect(await read(0.3)).toBe("0123456789");
  expect(await read(0.15)).toBe("0123456789");
  await close();
}, 120_000);

test("the pad works in a frame of another page, with one line of HTML", async () => {
  const { page, complaints, close } = await visit(browser, site, "#/draw");
  await page.getByText("Put this pad on your own page").click();
  const html = (await page.locator(".embedding code").first().textContent())!;
  const framed = await page.context().newPage();
  await framed.setContent(html);
  const inner = framed.frameLocator("iframe");
  await inner.locator("main[data-view=draw]").waitFor();
  expect(await inner.locator(".site-header").isVisible()).toBe(false);
  const pad = (await inner.locator(".pad").boundingBox())!;
  await framed.mouse.move(pad.x + pad.width * 0.52, pad.y + pad.height * 0.2);
  await framed.mouse.down();
  await framed.mouse.move(pad.x + pad.width * 0.5, pad.y + pad.height * 0.8, { steps: 8 });
  await framed.mouse.up();
  await expect.poll(() => inner.locator(".verdict-digit").textContent(), { timeout: 20_000 }).toBe("1");
  const bars = (await inner.locator(".bars").boundingBox())!;
  expect(bars.y + bars.height).toBeLessThanOrEqual(560);
  expect(complaints).toEqual([]);
  await close();
});

test("a network of one's own reads in an element of another page, which hears what it reads", async () => {
  const { page, complaints, close } = await visit(browser, site, "#/train?net=softmax&samples=2000");
  await press(page, "Train");
  await page.locator("[data-hash]").waitFor({ timeout: 120_000 });
  const saved = page.waitForEvent("download");
  await press(page, "Download the network");
  const file = await readFile((await (await saved).path())!);
  const html = (await page.locator("[data-embed] code").textContent())!;
  expect(html.split("\n").length).toBe(2);
  const other = await page.context().newPage();
  await other.route(`${site.origin}/mine/**`, (route) =>
    route.request().url().endsWith(".safetensors")
      ? route.fulfill({ body: file })
      : route.fulfill({ contentType: "text/html", body: `<!doctype html>${html}` }),
  );
  await other.goto(`${site.origin}/mine/`);
  const inner = other.frameLocator("loam-digit iframe");
  await inner.locator("main[data-view=draw]").waitFor();
  // Ten rows of 784 weights: this is the network of the file, not the site's.
  await inner.getByText("7,850 numbers learned").waitFor({ state: "attached" });
  const heard = other.evaluate(
    () =>
      new Promise<{ digit: number; probabilities: number[] }>((resolve) =>
        document
          .querySelector("loam-digit")!
          .addEventListener("read", (event) => resolve((event as CustomEvent).detail)),
      ),
  );
  const pad = (await inner.locator(".pad").boundingBox())!;
  await other.mouse.move(pad.x + pad.width * 0.52, pad.y + pad.height * 0.2);
  await other.mouse.down();
  await other.mouse.move(pad.x + pad.width * 0.5, pad.y + pad.height * 0.8, { steps: 8 });
  await other.mouse.up();
  const { digit, probabilities } = await heard;
  expect(probabilities.length).toBe(10);
  expect(probabilities[digit]).toBe(Math.max(...probabilities));
  expect(complaints).toEqual([]);
  await close();
});

describe("one's own tables", () => {
  test("say their classes by name, and are given a network that takes them", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/train?data=files&epochs=3");
    await give(page, [{ name: "animals.csv", text: table(["cat", "dog"]) }]);
    await page.getByText("A table is not a picture").waitFor();
    await press(page, "Train");
    await expect.poll(() => status(page).textContent(), { timeout: 30_000 }).toContain("Done");
    const heads = page.locator(".confusion th[scope=row]");
    expect(await heads.allTextContents()).toEqual(["cat", "dog"]);
    expect(complaints).toEqual([]);
    await close();
  });

  test("are refused in a sentence where there is too little, one class, or one too many", async () => {
    const { page, close } = await visit(browser, site, "#/train?data=files");
    await give(page, [{ name: "two.csv", text: table(["cat", "dog"], 2) }]);
    await page.getByText("Only 2 samples").waitFor();
    await give(page, [{ name: "cats.csv", text: table(["cat"]) }]);
    await page.getByText("there is nothing to tell it from").waitFor();
    await give(page, [
      { name: "a.csv", text: table(["cat", "dog"]) },
      { name: "b.csv", text: table(["cat", "dog"]) },
    ]);
    await page.getByText("one table at a time").waitFor();
    await close();
  });
});

describe("training", () => {
  test("says that nothing was learned, and why that may be", async () => {
    const { page, close } = await visit(
      browser,
      site,
      "#/train?net=mlp&samples=1000&epochs=1&batch=100&opt=sgd&lr=300",
    );
    await press(page, "Train");
    await expect
      .poll(() => status(page).textContent(), { timeout: 60_000 })
      .toMatch(/learned nothing|Training stopped/);
    expect(await page.locator(".meter > .bad").count()).toBe(1);
    await close();
  });

  test("says that changed settings wait for the next run, and asks before it is lost", async () => {
    const { page, close } = await visit(browser, site, "#/train?net=softmax&epochs=1000");
    await press(page, "One step");
    await expect.poll(() => status(page).textContent(), { timeout: 30_000 }).toContain("Paused");
    await page.getByLabel("Batch size", { exact: true }).fill("64");
    await page.getByLabel("Batch size", { exact: true }).blur();
    await page.getByText("the next one uses yours").waitFor();
    const asked = page.waitForEvent("dialog");
    const left = page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.accept();
    await left;
    await close();
  });

  test("says which numbers it takes", async () => {
    const { page, close } = await visit(browser, site, "#/train");
    const epochs = page.getByLabel("Epochs", { exact: true });
    await epochs.fill("0");
    await epochs.blur();
    expect(await epochs.evaluate((input: HTMLInputElement) => input.validationMessage)).toContain(
      "from 1 to 1000",
    );
    expect(await epochs.inputValue()).not.toBe("0");
    await close();
  });

  test("names the numbers under the pointer", async () => {
    const { page, close } = await visit(browser, site, SHORT);
    await press(page, "Train");
    await expect.poll(() => status(page).textContent(), { timeout: 60_000 }).toContain("Done");
    const chart = page.locator(".chart").first();
    await chart.locator(".u-over").hover();
    await expect.poll(() => chart.locator(".readout").textContent()).toMatch(/Step \d+ · this run \d/);
    await close();
  });

  test("has its headings in order, as every view has", async () => {
    for (const hash of [...DEEP, "#/draw", "#/train?data=files"]) {
      const { page, close } = await visit(browser, site, hash);
      const levels = await page
        .locator("h1, h2, h3, h4")
        .evaluateAll((heads) => heads.map(({ tagName }) => Number(tagName[1])));
      expect(levels[0], hash).toBe(1);
      expect(
        levels.slice(1).filter((level, i) => level > levels[i]! + 1),
        hash,
      ).toEqual([]);
      await close();
    }
  });
});

describe("in Korean", () => {
  test("the library's errors are told with their place", async () => {
    const { page, close } = await visit(browser, site, "#/train?data=files&lang=ko");
    await give(page, [{ name: "bad.csv", text: "1,2,3\n4,5\n" }]);
    const told = page.locator(".settings [role=status]");
    await expect.poll(() => told.textContent()).toMatch(/^bad\.csv 2행: 첫 행과 칸 수가 다른 행이 있습니다/);
    await give(page, [
      { name: "a.csv", text: table(["cat", "dog"]) },
      { name: "b.csv", text: table(["cat", "dog"]) },
    ]);
    // The files are read by a worker that begins anew.
    await expect.poll(() => told.textContent(), { timeout: 10_000 }).toContain("표는 한 번에 하나씩");
    await page.evaluate(() => {
      location.hash = "#/train?net=custom&layers=f.c4-3-1-0&lang=ko";
    });
    await page.locator("[role=alert]", { hasText: "합성곱이 받을 수 있는 그림이 아니거나" }).waitFor();
    await close();
  });
});

describe("numbers", () => {
  test("a loss that is none leaves the curve as it was", () => {
    const curve = new Curve(10, 100);
    const progress = { epoch: 1, epochs: 1, steps: 10, learningRate: 1, samplesPerSecond: 1, secondsLeft: 1 };
    curve.add({ ...progress, step: 1, loss: 2 });
    curve.add({ ...progress, step: 2, loss: Number.NaN });
    curve.add({ ...progress, step: 3, loss: Number.POSITIVE_INFINITY });
    expect(curve.points.map(({ step, loss }) => [step, loss])).toEqual([[1, 2]]);
  });

  test("figures of thousands stand apart, on a desktop and on a phone", async () => {
    for (const width of [1280, 360]) {
      const { page, close } = await visit(browser, site, "#/train", { viewport: { width, height: 800 } });
      const boxes = await page.locator(".figures dd").evaluateAll((values) =>
        values.map((value) => {
          value.textContent = "1,234,567";
          const range = document.createRange();
          range.selectNodeContents(value);
          const { left, right, top } = range.getBoundingClientRect();
          return { left, right, top };
        }),
      );
      for (const [i, box] of boxes.entries())
        for (const next of boxes.slice(i + 1))
          if (Math.abs(next.top - box.top) < 5) expect(box.right).toBeLessThan(next.left);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await close();
    }
  });

  test("the settings' lower half can be scrolled to in a low window", async () => {
    const { page, close } = await visit(browser, site, "#/train", { viewport: { width: 1280, height: 420 } });
    await page.mouse.move(200, 300);
    await page.mouse.wheel(0, 700);
    const last = page.getByLabel("Seed", { exact: true });
    await expect
      .poll(async () => {
        const box = (await last.boundingBox())!;
        return box.y >= 0 && box.y + box.height <= 420;
      })
      .toBe(true);
    await close();
  });
});

test("the optimizers' map is greener where it is lower, in the dark as well", async () => {
  for (const theme of ["light", "dark"]) {
    const { page, close } = await visit(browser, site, `#/inside?look=race&theme=${theme}`);
    const green = () =>
      page
        .locator(".race canvas, canvas.map, main canvas")
        .first()
        .evaluate((canvas: HTMLCanvasElement) => {
          const context = canvas.getContext("2d")!;
          // How much more green than red and blue, about the lowest point, which is in the middle, and at the upper edge.
          const at = (x: number, y: number) => {
            const { data } = context.getImageData(x * canvas.width - 20, y * canvas.height - 6, 41, 12);
            let sum = 0;
            for (let i = 0; i < data.length; i += 4) sum += data[i + 1]! - (data[i]! + data[i + 2]!) / 2;
            return sum / (data.length / 4);
          };
          return at(0.55, 0.5) - at(0.55, 0.06);
        });
    await expect.poll(green, { timeout: 20_000 }).toBeGreaterThan(10);
    expect(await page.locator("main").textContent()).toContain("The stronger the green, the lower");
    await close();
  }
});

test("the example of a 1 is surely a 1", async () => {
  const { page, close } = await visit(browser, site, "#/draw", { reducedMotion: "reduce" });
  await press(page, "Draw an example of 1");
  await expect
    .poll(() => page.locator(".verdict-words strong").textContent(), { timeout: 20_000 })
    .toBe("Definitely a 1");
  await close();
});

test("the speed view measures when it is asked, stops when it is asked, and then measures again", async () => {
  const { page, close } = await visit(browser, site, "#/speed");
  expect(await page.getByRole("button", { name: "Measure again" }).count()).toBe(0);
  await press(page, "Measure");
  await press(page, "Stop");
  await page.getByRole("button", { name: /^Measure( again)?$/ }).waitFor({ timeout: 30_000 });
  expect(await page.locator("[data-speed]").textContent()).not.toContain("Measuring");
  await close();
});

test("English says nothing that only a translation would say", () => {
  const said = Object.values(en).join("\n");
  for (const phrase of ["read rightly", "What is taken for what", "browser tells of", "learnt"])
    expect(said).not.toContain(phrase);
});

test("the speed view says that a training is going on", async () => {
  const { page, close } = await visit(browser, site, "#/train?net=softmax&epochs=1000");
  await press(page, "One step");
  await expect.poll(() => status(page).textContent(), { timeout: 30_000 }).toContain("Paused");
  await visitView(page, "Speed");
  await page.getByText("A network is being trained in this page").waitFor();
  await close();
});

test("the playground asks before a network that is learning is lost", async () => {
  const { page, close } = await visit(browser, site, "#/playground");
  await press(page, "Train");
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
  const asked = page.waitForEvent("dialog");
  const left = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.accept();
  await left;
  await close();
});

describe("the shell", () => {
  test("stays where a file is dropped beside its box", async () => {
    const { page, close } = await visit(browser, site, "#/train?data=files");
    const prevented = await page.evaluate(() =>
      ["dragover", "drop"].map((type) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["1,2"], "table.csv"));
        const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
        document.body.dispatchEvent(event);
        return event.defaultPrevented;
      }),
    );
    expect(prevented).toEqual([true, true]);
    await close();
  });

  test("goes back to where a view was left, and begins a new one at its top", async () => {
    const { page, close } = await visit(browser, site, "#/train");
    await page.evaluate(() => scrollTo(0, 400));
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(400);
    // A real click would scroll up to the link first.
    await viewLink(page, "Speed").evaluate((link: HTMLAnchorElement) => link.click());
    await page.waitForSelector("main[data-view=speed]");
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.goBack();
    await page.waitForSelector("main[data-view=train]");
    expect(await page.evaluate(() => scrollY)).toBe(400);
    await close();
  });

  test("fits on a tablet held upright, in both languages", async () => {
    for (const lang of ["en", "ko"]) {
      const { page, close } = await visit(browser, site, `#/draw?lang=${lang}`, {
        viewport: { width: 768, height: 1024 },
      });
      const language = (await page.locator('[data-key="language"]').boundingBox())!;
      expect(language.height).toBeLessThan(50);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(768);
      await close();
    }
  });

  test("moves nothing on a deep link, with a slow phone", async () => {
    for (const hash of DEEP) {
      const { page, close } = await visit(browser, site, hash, PHONE, async (fresh) => {
        const session = await fresh.context().newCDPSession(fresh);
        const [down, up] = [200_000, 93_750];
        await session.send("Network.emulateNetworkConditions", {
          offline: false,
          latency: 150,
          downloadThroughput: down,
          uploadThroughput: up,
        });
        await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
        await observeShifts(fresh);
      });
      await page.waitForLoadState("networkidle", { timeout: 60_000 });
      expect(await shiftsOn(page), hash).toBeLessThan(0.05);
      await close();
    }
  }, 240_000);

  test("keeps meter, swatches and what is selected where the system chooses the colours", async () => {
    const { page, close } = await visit(browser, site, SHORT, { forcedColors: "active" });
    await press(page, "Train");
    await page.locator("[data-hash]").waitFor({ timeout: 60_000 });
    const style = (selector: string, name: "backgroundColor" | "outlineStyle") =>
      page
        .locator(selector)
        .first()
        .evaluate((node, name) => getComputedStyle(node)[name], name);
    const ground = await style("body", "backgroundColor");
    for (const selector of [".meter > div", ".swatch", ".confusion td"])
      expect(await style(selector, "backgroundColor"), selector).not.toBe(ground);
    for (const selector of ['.views a[aria-current="page"]', ".choice label:has(:checked)"])
      expect(await style(selector, "outlineStyle"), selector).toBe("solid");
    expect(await style(".views a:not([aria-current])", "outlineStyle")).toBe("none");
    await close();
  });

  test("keeps ink and bars where the system chooses the colours", async () => {
    const { page, close } = await visit(browser, site, `#/draw?d=${FIVE}`, {
      forcedColors: "active",
    });
    await page.locator(".bars tr.best").waitFor();
    const ground = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((node) => getComputedStyle(node).backgroundColor);
    expect(await ground(".pad-frame")).not.toBe(await ground("body"));
    expect(await ground(".bars tr.best .track div")).not.toBe(await ground("body"));
    await close();
  });

  test("goes on without a network after the first visit, in every view", async () => {
    const { page, complaints, close } = await visit(browser, site, "#/draw");
    const listed = JSON.parse(await readFile(path.join(DIST, "offline.json"), "utf8")) as string[];
    await expect
      .poll(() => page.evaluate(async () => (await (await caches.open("loam")).keys()).length), {
        timeout: 30_000,
      })
      .toBe(listed.length);
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForSelector("main[data-view=draw]");
    for (const [name, view] of [
      ["Train", "train"],
      ["Playground", "playground"],
      ["Look inside", "inside"],
      ["Speed", "speed"],
    ] as const) {
      await visitView(page, name);
      await page.waitForSelector(`main[data-view=${view}]`);
      expect(await page.locator("[role=alert]").count(), view).toBe(0);
    }
    expect(await viewLink(page, "Speed").getAttribute("aria-current")).toBe("page");
    expect(complaints.filter((line) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(line))).toEqual([]);
    await close();
  });
});
