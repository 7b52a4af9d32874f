import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { type Dataset, syntheticDigits } from "@loam/nn";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../../../scripts/chromium.mjs";
import { longestTask, press, type ServedSite, serveSite, visit, visitView } from "./support.js";

const loam = fileURLToPath(new URL("../../../packages/cli/bin/loam.js", import.meta.url));
const MINUTES = 60_000;

let browser: Browser;
let site: ServedSite;
let folder: string;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium(), serveSite()]);
  folder = await mkdtemp(path.join(tmpdir(), "loam-train-"));
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

const hashOf = (page: Page) => page.locator("[data-hash]").textContent({ timeout: 3 * MINUTES });
const accuracyOf = async (page: Page) =>
  Number.parseFloat((await page.locator('[data-figure="accuracy"]').textContent()) ?? "");

/** What the command makes of the same settings. */
async function trainByCommand(
  ...flags: string[]
): Promise<{ weightsHash: string; testAccuracy: number; model: string }> {
  const out = path.join(folder, `run-${flags.join("").replace(/\W/g, "")}`);
  const args = [loam, "train", ...flags, "--json", "--out", out];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

/** The flags of the command that the page shows, but for where the data lies. */
async function flagsShown(page: Page): Promise<string[]> {
  const command = (await page.locator(".code-line:not(.code-lines) code").textContent())!;
  return command.replace(/^npx loam train --data \S+ /, "").split(" ");
}

/** Writes pictures and labels as MNIST's makers did, packed. */
async function writeIdx(prefix: string, { inputs, labels }: Dataset): Promise<void> {
  const [samples = 0] = inputs.shape;
  const word = (value: number) => [value >> 24, value >> 16, value >> 8, value].map((byte) => byte & 255);
  const file = (head: number[], data: ArrayLike<number>) =>
    gzipSync(Buffer.concat([Buffer.from(head), Buffer.from(data as Uint8Array)]));
  const [pictures, names] = [`${prefix}-images-idx3-ubyte.gz`, `${prefix}-labels-idx1-ubyte.gz`];
  await writeFile(pictures, file([0, 0, 8, 3, ...[samples, 28, 28].flatMap(word)], inputs.data));
  await writeFile(names, file([0, 0, 8, 1, ...word(samples)], labels.data));
}

describe("Train", () => {
  test(
    "one epoch of the CNN passes 95 %, without holding up the page, and ends in the bits of the command",
    async () => {
      const { page, complaints, requests, close } = await visit(browser, site, "#/train?seed=5");
      const task = await longestTask(browser, page, async () => {
        await press(page, "Train");
        await hashOf(page);
      });
      const wanted = await trainByCommand(
        "--data",
        "digits",
        "--model",
        "cnn",
        "--epochs",
        "1",
        "--seed",
        "5",
      );
      expect(await hashOf(page)).toBe(wanted.weightsHash);
      expect(await accuracyOf(page)).toBeGreaterThan(95);
      expect(await accuracyOf(page)).toBeCloseTo(wanted.testAccuracy * 100, 1);
      expect(task.processor).toBeLessThan(100);

      // The charts moved: the loss at the end is far below that at the beginning, and the same numbers stand in the table.
      const chart = page.locator(".chart").first();
      await chart.getByText("Show as a table").click();
      const cells = chart.locator("tbody td:nth-child(2)");
      await cells.first().waitFor();
      const losses = await cells.allTextContents();
      const numbers = losses.map(Number).filter(Number.isFinite);
      expect(numbers.length).toBeGreaterThan(10);
      // One slice of a few batches says little: the end is the last quarter's mean.
      const end = numbers.slice(-Math.floor(numbers.length / 4));
      expect(end.reduce((sum, loss) => sum + loss, 0) / end.length).toBeLessThan(numbers[0]! / 3);
      expect(await page.locator(".confusion tbody tr").count()).toBe(10);
      expect(await page.locator(".mistakes li").count()).toBeGreaterThan(0);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(site.origin) && !url.startsWith("blob:"))).toEqual([]);
      await close();
    },
    5 * MINUTES,
  );

  test("pauses, goes step by step, goes on and begins anew", async () => {
    const { page, close } = await visit(browser, site, "#/train?net=mlp&samples=2000&epochs=400");
    await press(page, "Train");
    await page.getByRole("button", { name: "Pause", exact: true }).click({ timeout: MINUTES });
    await page.locator("[data-status]", { hasText: "Paused at step" }).waitFor();
    const stepOf = async () =>
      Number(
        /step ([\d,]+)/.exec((await page.locator("[data-status]").textContent())!)![1]!.replace(/,/g, ""),
      );
    const paused = await stepOf();
    await press(page, "One step");
    await page.waitForFunction(
      (step) => document.querySelector("[data-status]")!.textContent!.includes(step),
      `Paused at step ${(paused + 1).toLocaleString("en")} `,
    );
    await press(page, "Go on");
    await page.locator("[data-status]", { hasText: "Epoch" }).waitFor();
    await press(page, "Reset");
    await page.locator("[data-status]", { hasText: "Ready when you are." }).waitFor();
    await close();
  });

  test("goes on in a hidden tab, where no frame is ever drawn, and while another view is shown", async () => {
    const { page, close } = await visit(browser, site, "#/train?net=softmax&samples=2000");
    await page.evaluate(() => {
      const waiting: FrameRequestCallback[] = [];
      const { requestAnimationFrame: draw } = window;
      window.requestAnimationFrame = (callback) => waiting.push(callback);
      Object.assign(window, {
        showTab: () => {
          window.requestAnimationFrame = draw;
          for (const callback of waiting) draw(callback);
        },
      });
    });
    // The dot beside "Train" needs no frame: it comes with the run and goes with its end. Watched from before, since a run may be short.
    const trained = await page.evaluateHandle(() => {
      let seen = false;
      return {
        over: new Promise<void>((resolve) => {
          new MutationObserver(() => {
            const isBusy = document.querySelector(".busy-dot") !== null;
            if (seen && !isBusy) resolve();
            seen ||= isBusy;
          }).observe(document.body, { childList: true, subtree: true });
        }),
      };
    });
    await press(page, "Train");
    await trained.evaluate(({ over }) => over);
    await page.evaluate(() => (window as unknown as { showTab(): void }).showTab());
    expect(await hashOf(page)).toMatch(/^[0-9a-f]{64}$/);
    await close();
  });

  test("predicts with the network that is being trained", async () => {
    const { page, close } = await visit(browser, site, "#/train?samples=2000&epochs=1000");
    await press(page, "Train");
    // The second epoch or any later one: the page shows no more of them than it draws frames.
    const later = /Epoch ([2-9]|\d{2,})/;
    await page.locator("[data-status]", { hasText: later }).waitFor({ timeout: MINUTES });
    await visitView(page, "Draw");
    await page.getByText("Your network", { exact: true }).click();
    await page.getByText("The network that you trained here").waitFor();
    await page.getByRole("button", { name: "Draw an example of 1" }).click();
    await page.waitForSelector(".bars tr.best");
    await visitView(page, "Train");
    await page.locator("[data-status]", { hasText: "Epoch" }).waitFor();
    await close();
  });

  test("keeps a run and compares it with the next one", async () => {
    const { page, close } = await visit(browser, site, "#/train?net=softmax&samples=2000");
    await press(page, "Train");
    const first = await hashOf(page);
    await press(page, "Keep this run");
    await page.getByLabel("Optimizer", { exact: true }).selectOption("adam");
    await press(page, "Train");
    await page.waitForFunction(
      (hash) => {
        const shown = document.querySelector("[data-hash]")?.textContent;
        return shown && shown !== hash;
      },
      first,
      { timeout: MINUTES },
    );
    const head = page.getByRole("columnheader", { name: "kept run" });
    await head.first().waitFor();
    const row = page.getByRole("row", { name: /^Optimizer/ });
    expect(await row.getByRole("cell").allTextContents()).toEqual(["SGD", "Adam"]);
    await close();
  });

  test("a network of one's own is in the address, and the same address gives the same bits", async () => {
    const hash = "#/train?net=custom&layers=c4-3-2-0.r.m2.f.u16.t&samples=2000&opt=rmsprop&seed=77&l2=0.001";
    const hashes: (string | null)[] = [];
    for (let i = 0; i < 2; i++) {
      const { page, close } = await visit(browser, site, hash);
      expect(await page.locator(".layer-item").count()).toBe(6);
      await press(page, "Train");
      hashes.push(await hashOf(page));
      if (i === 0) {
        // What `loam train --config loam.json` is given.
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          press(page, "Download loam.json"),
        ]);
        const file = path.join(folder, "loam.json");
        await download.saveAs(file);
        hashes.push((await trainByCommand("--config", file)).weightsHash);
      }
      await close();
    }
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hashes).size).toBe(1);
  });

  test("says which layers do not fit, and begins nothing with them", async () => {
    const { page, close } = await visit(browser, site, "#/train?net=custom&layers=f.c4-3-1-0");
    await page.getByRole("alert").filter({ hasText: "Conv2d" }).waitFor();
    await page.locator("[data-status]", { hasText: "First make the layers fit." }).waitFor();
    expect(await page.getByRole("button", { name: "Train", exact: true }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Move 1. Flatten down" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Train", exact: true, disabled: false }).waitFor();
    await close();
  });

  test("tells of each epoch what its own weights did", async () => {
    const losses: string[] = [];
    for (const epochs of [1, 3]) {
      const hash = `#/train?net=mlp&samples=2000&epochs=${epochs}`;
      const { page, close } = await visit(browser, site, hash);
      await press(page, "Train");
      await hashOf(page);
      const chart = page.locator(".chart").first();
      await chart.getByText("Show as a table").click();
      // 2,000 digits in batches of 128.
      const row = chart.getByRole("row", { name: /^16 / });
      losses.push((await row.getByRole("cell").nth(1).textContent())!);
      await close();
    }
    expect(losses[0]).toMatch(/^\d\.\d\d$/);
    expect(losses[1]).toBe(losses[0]);
  });

  test("a network that is downloaded loads again here, and in the command", async () => {
    const { page, close } = await visit(browser, site, "#/train?net=mlp&samples=5000&seed=3");
    await press(page, "Train");
    await hashOf(page);
    const accuracy = await page.locator('[data-figure="accuracy"]').textContent();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      press(page, "Download the network"),
    ]);
    const file = path.join(folder, download.suggestedFilename());
    await download.saveAs(file);
    await page.locator("#model-file").setInputFiles(file);
    await page
      .getByText(`loam-mlp-3.safetensors loaded: 99,710 parameters, ${accuracy} of the held-out digits.`)
      .waitFor();
    const args = [loam, "evaluate", file, "--data", "digits", "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const told = JSON.parse(stdout.trim().split("\n").at(-1)!) as { accuracy: number };
    expect(told.accuracy * 100).toBeCloseTo(Number.parseFloat(accuracy!), 1);
    // The lines of code beside it, with the file where a page would fetch it from.
    const lines = (await page.locator("[data-snippet] code").textContent())!;
    const script = `
      import { readFileSync } from "node:fs";
      globalThis.fetch = async () => new Response(readFileSync(process.env.MODEL));
      const inputs = new Uint8Array(784);
      ${lines}
      console.log(labels.length);
      await model.close();`;
    const node = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: path.dirname(loam),
      env: { ...process.env, MODEL: file },
    });
    expect((await node).stdout).toBe("1\n");
    await close();
  });

  test("trains on IDX files that are dropped in, as the command trains on their folder", async () => {
    const idx = path.join(folder, "idx");
    await mkdir(idx);
    const digits = (samples: number, start: number) => syntheticDigits({ samples, seed: 0, start });
    await writeIdx(path.join(idx, "train"), digits(600, 0));
    await writeIdx(path.join(idx, "t10k"), digits(200, 5000));
    const files = await Promise.all(
      (await readdir(idx)).map(async (name) => ({
        name,
        base64: (await readFile(path.join(idx, name))).toString("base64"),
      })),
    );
    const { page, close } = await visit(browser, site, "#/train?net=mlp&data=files&seed=4");
    const transfer = await page.evaluateHandle(async (given) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      return transfer;
    }, files);
    await page.locator(".drop").dispatchEvent("drop", { dataTransfer: transfer });
    await page.getByText("600 samples of 1×28×28, 10 classes; 200 of them held out").waitFor();
    await press(page, "Train");
    const wanted = await trainByCommand("--data", idx, ...(await flagsShown(page)));
    expect(await hashOf(page)).toBe(wanted.weightsHash);
    expect(await accuracyOf(page)).toBeCloseTo(wanted.testAccuracy * 100, 1);
    expect(await page.locator(".mistakes canvas").count()).toBeGreaterThan(0);
    await close();
  });

  test("trains on a table that the visitor brings, and says what is wrong with one that is none", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => {
      const label = i % 3;
      return [
        label,
        ...Array.from({ length: 4 }, (_, k) => (k === label ? 200 : 10) + ((i * 7 + k * 3) % 40)),
      ].join(",");
    });
    const good = path.join(folder, "flowers.csv");
    const bad = path.join(folder, "bad.csv");
    await writeFile(good, `${rows.join("\n")}\n`);
    await writeFile(bad, "1,2,3\n4,5\n");
    const { page, close } = await visit(browser, site, "#/train?net=softmax&data=files&batch=10&epochs=5");
    await page.locator("#data-files").setInputFiles(bad);
    await page.getByRole("status").filter({ hasText: "bad.csv" }).filter({ hasText: "row" }).waitFor();
    await page.locator("#data-files").setInputFiles(good);
    await page.getByText("flowers.csv: 300 samples of 4, 3 classes; 30 of them held out").waitFor();
    await press(page, "Train");
    const wanted = await trainByCommand("--data", good, ...(await flagsShown(page)));
    expect(await hashOf(page)).toBe(wanted.weightsHash);
    expect(await accuracyOf(page)).toBeGreaterThan(95);
    await close();
  });
});
