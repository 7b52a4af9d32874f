import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "../../../scripts/chromium.mjs";
import { ISOLATED, serveFolder } from "../../../scripts/serve-folder.mjs";

/** The built site. */
export const DIST = fileURLToPath(new URL("../dist", import.meta.url));

/** The policy under which the site has to work. */
export const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' blob: data:";

/** The site below a path of its host, as a project's page is. */
const BASE = "loam/demo/";

export interface ServedSite {
  /** Where the site's first page is. */
  readonly url: string;
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves the built site as a static host would: below a path, with the policy, and with the isolation headers only where asked for. */
export async function serveSite({ isolated = true, dist = DIST } = {}): Promise<ServedSite> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-demo-"));
  await mkdir(path.join(folder, path.dirname(BASE)), { recursive: true });
  await symlink(dist, path.join(folder, BASE.slice(0, -1)));
  const server = await serveFolder(folder, {
    "Content-Security-Policy": POLICY,
    ...(isolated && ISOLATED),
  });
  return {
    url: server.url + BASE,
    origin: new URL(server.url).origin,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A browser and the served site for all tests of a file. */
export function useSite(take: (browser: Browser, site: ServedSite) => void): void {
  let open: readonly [Browser, ServedSite] | undefined;
  beforeAll(async () => {
    open = await Promise.all([launchChromium(), serveSite()]);
    take(...open);
  });
  afterAll(async () => {
    await open?.[0].close();
    await open?.[1].close();
  });
}

export interface Visit {
  readonly page: Page;
  /** Errors of the page, requests that failed, and what it wrote to its console as warning or error. */
  readonly complaints: string[];
  /** All addresses that were asked for. */
  readonly requests: string[];
  close(): Promise<void>;
}

/**
 * Opens the site in a fresh profile and keeps a list of all that went wrong. `hash` is the state, such as `#/train?net=mlp`; `prepare` may
 * change the page before it is loaded.
 */
export async function visit(
  browser: Browser,
  site: ServedSite,
  hash = "",
  options: BrowserContextOptions = {},
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("requestfailed", (request) =>
    complaints.push(`failed: ${request.url()} ${request.failure()?.errorText ?? ""}`),
  );
  context.on("request", (request) => requests.push(request.url()));
  await prepare(page);
  await page.goto(site.url + hash);
  await page.waitForSelector("main[data-view]");
  return { page, complaints, requests, close: () => context.close() };
}

/** Notes the layout shifts that nobody asked for, from the page's first moment on. */
export async function observeShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { shift: 0 };
    Object.assign(window, { seen });
    type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) if (!entry.hadRecentInput) seen.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** The sum of those so far. */
export const shiftsOn = (page: Page) =>
  page.evaluate(() => (window as unknown as { seen: { shift: number } }).seen.shift);

/** A view's entry in the navigation; texts elsewhere may have its name in them. */
export function viewLink(page: Page, name: string): Locator {
  return page.getByRole("navigation").getByRole("link", { name });
}

export async function visitView(page: Page, name: string): Promise<void> {
  await viewLink(page, name).click();
}

/**
 * How many times longer work takes on this machine now than on an idle one: wall time over processor time of a busy loop. A page's seconds
 * are divided by it, so that a test says something about the page and not about its neighbours.
 */
export function contention(): number {
  const before = process.cpuUsage();
  const began = performance.now();
  let spent = 0;
  while (spent < 200_000) {
    const { user, system } = process.cpuUsage(before);
    spent = user + system;
  }
  return Math.max(1, (performance.now() - began) / (spent / 1000));
}

/** The longest task of the page's main thread while `work` goes on, in milliseconds of processor time, and of wall time too. */
export async function longestTask(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<{ processor: number; wall: number }> {
  // Processor time, since a busy machine stretches a task's wall time without any fault of the page.
  await browser.startTracing(page, { categories: ["toplevel", "__metadata", "devtools.timeline"] });
  let trace: Buffer;
  try {
    await work();
  } finally {
    trace = await browser.stopTracing();
  }
  interface TraceEvent {
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    readonly dur?: number;
    readonly tdur?: number;
    readonly args?: { readonly name?: string };
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => /RunTask$/.test(name) && main.has(`${pid} ${tid}`),
  );
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), 0) / 1000;
  return { processor: most(tasks.map(({ tdur = 0 }) => tdur)), wall: most(tasks.map(({ dur = 0 }) => dur)) };
}

/** Presses the button of that name. */
export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();
