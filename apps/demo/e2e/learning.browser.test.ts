import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { drawDigit } from "./scripted-digits.js";
import { press, type ServedSite, useSite, visit } from "./support.js";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

let browser: Browser;
let site: ServedSite;

useSite((opened, served) => {
  browser = opened;
  site = served;
});

const status = (page: Page) => page.locator("[data-status]");
const hashOf = (page: Page) => page.locator("[data-hash]").textContent({ timeout: 60_000 });

/** What a canvas shows, as its bytes in one text. */
const paintOf = (page: Page, selector: string) =>
  page.locator(selector).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());

describe("learning made visible", () => {
  test("shows each step: readings, templates, weights, and the held-out loss in the first epoch", async () => {
    const { page, complaints, close } = await visit(
      browser,
      site,
      "#/train?net=softmax&samples=2000&epochs=3",
    );
    await press(page, "One step");
    await status(page).filter({ hasText: "Paused at step 1 " }).waitFor({ timeout: 30_000 });
    await expect.poll(() => page.locator(".watched .reading").allTextContents()).not.toContain("?");
    const readings = page.locator(".watched li");
    expect(await readings.count()).toBe(10);
    const rightAtFirst = await page.locator(".watched .right").count();
    const templates = await paintOf(page, ".templates canvas");
    const weights = await paintOf(page, ".weights-seen figure > canvas");
    await page.getByText("7,840 weights, from").waitFor();
    // An epoch has 16 steps; after the first one the held-out loss is known already.
    const chart = page.locator(".chart").first();
    await chart.getByText("Show as a table").click();
    const firstRow = chart.getByRole("row", { name: /^1 / });
    expect(await firstRow.getByRole("cell").nth(1).textContent()).toMatch(/^\d\.\d\d$/);

    await press(page, "One step");
    await status(page).filter({ hasText: "Paused at step 2 " }).waitFor();
    await expect.poll(() => paintOf(page, ".templates canvas")).not.toBe(templates);
    expect(await paintOf(page, ".weights-seen figure > canvas")).not.toBe(weights);
    await press(page, "Go on");
    await hashOf(page);
    await expect.poll(() => page.locator(".watched .right").count()).toBeGreaterThan(rightAtFirst);
    // What is green is right: the sign and the name of the class say the same.
    for (const text of await page.locator(".watched .right .reading").allTextContents())
      expect(text).toMatch(/^\d ✓$/);
    expect(complaints).toEqual([]);
    await close();
  });

  test("ends with the figure and a pad that the new network reads", async () => {
    const { page, close } = await visit(browser, site, "#/train?net=mlp&samples=5000&epochs=3", {
      viewport: { width: 390, height: 664 },
      hasTouch: true,
    });
    await page.getByRole("button", { name: "Train", exact: true }).tap();
    await hashOf(page);
    const figure = await page.locator("[data-end-figure]").textContent();
    expect(figure).toBe(await page.locator('[data-figure="accuracy"]').textContent());
    await page.getByText("Now draw for it.").waitFor();
    await page.locator(".draw-for-it").scrollIntoViewIfNeeded();
    await drawDigit(page, 1);
    await page.locator("[data-answer]", { hasText: /^It says \d \(\d+%\)$/ }).waitFor();
    await page.getByText("On the large pad").tap();
    await page.waitForSelector("main[data-view=draw]");
    await page.locator(".bars tr.best").waitFor();
    expect(new URLSearchParams(page.url().split("?")[1]).get("reader")).toBe("own");
    await close();
  });

  test("takes another learning rate on the way, and says that nothing short retraces that", async () => {
    const { page, close } = await visit(
      browser,
      site,
      "#/train?net=softmax&samples=2000&epochs=2&opt=sgd&lr=0.1",
    );
    await press(page, "One step");
    await status(page).filter({ hasText: "Paused at step 1 " }).waitFor({ timeout: 30_000 });
    const rate = page.getByLabel("Learning rate", { exact: true });
    await rate.fill("0.000000001");
    await rate.blur();
    await page.getByText("Learning rate 1e-9 from step 2 on.").waitFor();
    const templates = await paintOf(page, ".templates canvas");
    await press(page, "Go on");
    await hashOf(page);
    // At that rate nothing moves any more.
    expect(await paintOf(page, ".templates canvas")).toBe(templates);
    await page.getByText("was changed on the way").waitFor();
    await press(page, "Train");
    await page.getByText("was changed on the way").waitFor({ state: "detached" });
    await close();
  });
});

describe("the settings", () => {
  test("say in a sentence what they mean, and go on saying it", async () => {
    const { page, close } = await visit(browser, site, "#/train");
    const mark = page.getByRole("button", { name: "What is this: Batch size?" });
    await mark.focus();
    await page.keyboard.press("Enter");
    const sentence = page.getByText("How many samples it looks at before it moves");
    await sentence.waitFor();
    await page.getByLabel("Seed", { exact: true }).fill("4");
    await page.getByLabel("Seed", { exact: true }).blur();
    await sentence.waitFor();
    const marks = page.locator(".settings .hint-mark");
    expect(await marks.count()).toBe(await page.locator(".settings .field").count());
    await mark.click();
    await sentence.waitFor({ state: "hidden" });
    await close();
  });
});

test("the playground's settings say what they mean, too", async () => {
  const { page, close } = await visit(browser, site, "#/playground");
  for (const name of ["Activation", "Learning rate", "Optimizer", "Batch size", "L2", "Seed"])
    await page.getByRole("button", { name: `What is this: ${name}?` }).waitFor();
  await page.getByRole("button", { name: "What is this: Activation?" }).click();
  await page.getByText("layers could only ever draw straight lines").waitFor();
  await close();
});

describe("the program beside a run", () => {
  const table = Array.from({ length: 60 }, (_, i) => `${["cat", "dog"][i % 2]},${i % 2},${(i % 7) / 7}`).join(
    "\n",
  );
  const RUNS = [
    { name: "digits", lines: 14, hash: "net=mlp&samples=2000&l2=0.001&opt=nesterov&lr=0.05&seed=9" },
    {
      name: "own layers, a table",
      lines: 18,
      hash: "net=custom&layers=u8.t&data=files&epochs=4&batch=8",
      table,
    },
  ];
  for (const { name, lines, hash, table } of RUNS) {
    test(`ends with the same bits: ${name}`, async () => {
      const { page, close } = await visit(browser, site, `#/train?${hash}`);
      if (table)
        await page
          .locator("#data-files")
          .setInputFiles({ name: "pets.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
      await press(page, "Train");
      const wanted = await hashOf(page);
      const code = (await page.locator("[data-program] code").textContent())!;
      expect(code.split("\n").filter(Boolean).length).toBeLessThanOrEqual(lines);
      const folder = await mkdtemp(path.join(tmpdir(), "loam-program-"));
      await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
      if (table) await writeFile(path.join(folder, "pets.csv"), table);
      await writeFile(path.join(folder, "run.mjs"), code);
      const { stdout } = await run(process.execPath, ["run.mjs"], { cwd: folder });
      expect(stdout.trim()).toBe(wanted);
      await rm(folder, { recursive: true });
      await close();
    });
  }
});
