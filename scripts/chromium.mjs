// Finds the machine's Chromium and starts it without a window.
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** LOAM_CHROMIUM if it is set, else the first of the usual names on the path. @throws {Error} when there is none. */
export function findChromium() {
  if (process.env.LOAM_CHROMIUM) return process.env.LOAM_CHROMIUM;
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    for (const name of NAMES) {
      const file = path.join(folder, name);
      if (existsSync(file)) return file;
    }
  }
  throw new Error("No Chromium on the path; install it, or name one in LOAM_CHROMIUM.");
}

/**
 * @param {readonly string[]} more switches of its command line
 * @returns {Promise<import("playwright-core").Browser>}
 */
export function launchChromium(more = []) {
  const args = ["--no-sandbox", "--disable-dev-shm-usage", ...more];
  return chromium.launch({ executablePath: findChromium(), headless: true, args });
}
