import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../../../scripts/chromium.mjs";
import { press, type ServedSite, serveSite, visit, visitView } from "./support.js";

const loam = fileURLToPath(new URL("../../../packages/cli/bin/loam.js", import.meta.url));
const run = promisify(execFile);
const MINUTE = 60_000;
/** A name that the browser takes for another machine's, so that the page is none of a secure context. */
const HOST = "loam.test";

/** With a camera that shows a moving picture and is granted; and with one that nobody grants. */
let granting: Browser;
let refusing: Browser;
let site: ServedSite;
let folder: string;

beforeAll(async () => {
  const camera = "--use-fake-device-for-media-stream";
  [granting, refusing, site, folder] = await Promise.all([
    launchChromium([camera, "--use-fake-ui-for-media-stream"]),
    launchChromium([camera, "--deny-permission-prompts", `--host-resolver-rules=MAP ${HOST} 127.0.0.1`]),
    serveSite(),
    mkdtemp(path.join(tmpdir(), "loam-capture-")),
  ]);
});
afterAll(async () => {
  await granting?.close();
  await refusing?.close();
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

const told = (page: Page) => page.locator("[data-capture-status]");
const said = (page: Page) => page.locator("[data-capture-said]");
const count = (page: Page, at: number) =>
  page
    .locator("[data-count]")
    .nth(at)
    .textContent()
    .then((text) => Number(/\d+/.exec(text!)![0]));

/** What the command that the page shows comes to, on what the page lets one download. */
async function hashByCommand(page: Page): Promise<string> {
  const saved = page.waitForEvent("download");
  await press(page, "Download them");
  await run("/usr/bin/python3", ["-m", "zipfile", "-e", await (await saved).path(), folder]);
  const command = (await page.locator(".code-line:not(.code-lines) code").textContent())!;
  const flags = command.replace("npx loam train ", "").split(" ");
  const out = path.join(folder, `run-${flags.length}-${command.length}`);
  const args = [loam, "train", ...flags, "--json", "--out", out];
  const { stdout } = await run(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 24 });
  return (JSON.parse(stdout.trim().split("\n").at(-1)!) as { weightsHash: string }).weightsHash;
}

/** What the program that the page shows comes to, beside what was downloaded. */
async function hashByProgram(page: Page): Promise<string> {
  const code = (await page.locator("[data-program] code").textContent())!;
  await symlink(
    fileURLToPath(new URL("../../../node_modules", import.meta.url)),
    path.join(folder, "node_modules"),
  );
  await writeFile(path.join(folder, "program.mjs"), code);
  const { stdout } = await run(process.execPath, ["program.mjs"], { cwd: folder });
  return stdout.trim();
}

describe("pictures from the camera", () => {
  test("are taken while a button is held, learned, told live, and end in the command's bits", {
    timeout: 5 * MINUTE,
  }, async () => {
    const { page, complaints, requests, close } = await visit(
      granting,
      site,
      "#/train?data=files&epochs=2",
      {},
      async (fresh) => {
        await fresh.addInitScript(() => {
          const { mediaDevices } = navigator;
          const ask = mediaDevices.getUserMedia.bind(mediaDevices);
          mediaDevices.getUserMedia = async (wanted) => {
            const stream = await ask(wanted);
            Object.assign(window, { stream });
            return stream;
          };
        });
      },
    );
    await press(page, "Take pictures with the camera");
    expect(await page.evaluate(() => "stream" in window)).toBe(false); // nothing before it is asked for
    await press(page, "Turn the camera on");
    await page.locator("video").waitFor();
    expect(await page.getByRole("button", { name: "Learn from these" }).isDisabled()).toBe(true);
    // By mouse; then by keyboard.
    await page.getByRole("button", { name: "Hold for yes" }).hover();
    await page.mouse.down();
    await expect.poll(() => count(page, 0), { timeout: MINUTE }).toBeGreaterThanOrEqual(6);
    await page.mouse.up();
    await expect.poll(() => told(page).textContent()).toBe("");
    const taken = await count(page, 0);
    await page.getByRole("button", { name: "Hold for no" }).focus();
    await page.keyboard.down(" ");
    await expect.poll(() => count(page, 1), { timeout: MINUTE }).toBeGreaterThanOrEqual(6);
    await page.keyboard.up(" ");
    await expect.poll(() => told(page).textContent()).toBe("");
    expect(await count(page, 0)).toBe(taken);
    const all = taken + (await count(page, 1));
    await press(page, "Learn from these");
    await page.getByText(`camera: ${all} samples of 3×64×64, 2 classes`).waitFor({ timeout: MINUTE });
    expect(await page.getByLabel("Network", { exact: true }).inputValue()).toBe("pictures");
    await press(page, "Train");
    const hash = await page.locator("[data-hash]").textContent({ timeout: 2 * MINUTE });
    const heads = page.locator(".confusion th[scope=row]");
    expect(await heads.allTextContents()).toEqual(["no", "yes"]);
    await said(page).waitFor({ timeout: MINUTE });
    expect(["yes", "no"]).toContain(await said(page).textContent());
    expect(await hashByCommand(page)).toBe(hash);
    await visitView(page, "Draw");
    const live = () =>
      page.evaluate(() =>
        (window as unknown as { stream: MediaStream }).stream.getTracks().map(({ readyState }) => readyState),
      );
    await expect.poll(live).toEqual(["ended"]);
    expect(requests.filter((url) => !url.startsWith(site.origin) && !url.startsWith("blob:"))).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test("need consent and a secure page, and say which is missing", async () => {
    for (const [url, sentence] of [
      [site.url, "The browser refused it."],
      [site.url.replace("127.0.0.1", HOST), "Browsers give camera and sensors only to pages"],
    ] as const) {
      const { page, complaints, close } = await visit(refusing, { ...site, url }, "#/train?data=files");
      await press(page, "Take pictures with the camera");
      await press(page, "Turn the camera on");
      await expect.poll(() => told(page).textContent()).toContain(sentence);
      // A name that stands for this machine is no secure context, and Chromium says so of the headers.
      expect(complaints.filter((line) => !line.includes("Cross-Origin-Opener-Policy"))).toEqual([]);
      await close();
    }
  });
});

/** Moves the device of now on: a circle, a shake, by a clock of its own. */
async function moveDevice(page: Page): Promise<void> {
  await page.addInitScript(() => {
    let t = 0;
    Object.assign(window, { gesture: "circle" });
    setInterval(() => {
      t += 1;
      const { gesture } = window as unknown as { gesture: string };
      const [x, y] =
        gesture === "circle"
          ? [6 * Math.cos(t / 6), 6 * Math.sin(t / 6)]
          : [14 * Math.sign(Math.sin(t / 2)), Math.sin(t)];
      const accelerationIncludingGravity = { x, y, z: 9.81 + 0.2 * Math.sin(t * 1.3) };
      dispatchEvent(new DeviceMotionEvent("devicemotion", { accelerationIncludingGravity, interval: 16 }));
    }, 16);
  });
}
const makeGesture = (page: Page, gesture: string) =>
  page.evaluate((name) => void Object.assign(window, { gesture: name }), gesture);

describe("gestures from the motion sensor", () => {
  test("are recorded, learned in windows, told live, and end in the command's bits", {
    timeout: 5 * MINUTE,
  }, async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
    const address = "#/train?data=files&epochs=40";
    const { page, complaints, close } = await visit(granting, site, address, phone, moveDevice);
    await press(page, "Record gestures with the motion sensor");
    await press(page, "Turn the sensor on");
    await page.locator(".capture-trace").waitFor();
    for (const [at, name] of ["circle", "shake"].entries()) {
      await makeGesture(page, name);
      const hold = page.getByRole("button", { name: `Hold for ${name}` });
      for (let k = 0; k < 6; k++) {
        await hold.hover();
        await page.mouse.down();
        await page.waitForTimeout(900);
        await page.mouse.up();
        await expect.poll(() => count(page, at)).toBe(k + 1);
      }
    }
    await press(page, "Learn from these");
    await page.getByText(/^gestures: 12 samples of \d+×3, 2 classes/).waitFor();
    expect(await page.getByLabel("Network", { exact: true }).inputValue()).toBe("recordings");
    await press(page, "Train");
    const hash = await page.locator("[data-hash]").textContent({ timeout: 2 * MINUTE });
    await expect.poll(() => said(page).textContent(), { timeout: MINUTE }).toBe("shake");
    await makeGesture(page, "circle");
    await expect.poll(() => said(page).textContent(), { timeout: MINUTE }).toBe("circle");
    expect(await hashByCommand(page)).toBe(hash);
    expect(await hashByProgram(page)).toBe(hash);
    expect(complaints).toEqual([]);
    await close();
  });

  test("too short a one is refused; so is a device without a sensor, and one whose owner says no", async () => {
    const open = async (prepare: (page: Page) => Promise<void>) => {
      const visited = await visit(granting, site, "#/train?data=files", {}, prepare);
      await press(visited.page, "Record gestures with the motion sensor");
      await press(visited.page, "Turn the sensor on");
      return visited;
    };
    const short = await open(moveDevice);
    await short.page.locator(".capture-trace").waitFor();
    await short.page.getByRole("button", { name: "Hold for circle" }).press("Enter");
    await expect.poll(() => told(short.page).textContent()).toContain("That was too short.");
    expect(await count(short.page, 0)).toBe(0);
    await short.close();
    const still = await open(async () => {});
    await expect
      .poll(() => told(still.page).textContent(), { timeout: 20_000 })
      .toContain("No motion is felt here");
    await still.close();
    const asked = await open(async (page) => {
      await page.addInitScript(() => {
        Object.assign(DeviceMotionEvent, { requestPermission: async () => "denied" });
      });
    });
    await expect.poll(() => told(asked.page).textContent()).toContain("The browser refused it.");
    await asked.close();
  });
});
