import { execFile } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { ISOLATED } from "../../scripts/serve-folder.mjs";
import { builtPage, root } from "./built-page.js";

const loam = path.join(root, "packages/cli/bin/loam.js");
const MINUTES = 60_000;
const page = builtPage("page", { worker: { format: "es" } });

interface Run {
  readonly model: string;
  readonly samples: number;
  readonly steps: number;
  readonly seed: number;
}

/** Opens the page and waits for what it shows. */
function train(run: Run, headers: Record<string, string> = {}) {
  return page.visit(async (tab, url) => {
    const query = new URLSearchParams(Object.entries(run).map(([name, value]) => [name, String(value)]));
    await tab.goto(`${url}?${query}`);
    const result = tab.locator("#result:not(:text-is('training'))");
    const hash = await result.textContent({ timeout: 4 * MINUTES });
    const data = await result.evaluate((element: HTMLElement) => ({ ...element.dataset }));
    return { hash, ...data };
  }, headers);
}

/** The hash that the command prints for the same run. */
async function trainByCommand({ model, samples, steps, seed }: Run): Promise<string> {
  const flags = [
    "--data",
    "digits",
    "--model",
    model,
    "--steps",
    String(steps),
    "--seed",
    String(seed),
    "--json",
  ];
  const limit = samples === ALL ? [] : ["--limit", String(samples)];
  const out = page.file(`run-${model}-${steps}`);
  const { stdout } = await promisify(execFile)(process.execPath, [
    loam,
    "train",
    ...flags,
    ...limit,
    "--out",
    out,
  ]);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!).weightsHash;
}

/** As many synthetic digits as the command draws unless told otherwise. */
const ALL = 20_000;
const mlp = { model: "mlp", samples: ALL, steps: 200, seed: 7 };
const cnn = { model: "cnn", samples: 2_000, steps: 30, seed: 7 };

describe("a page in Chromium", () => {
  it(
    "trains the mlp for 200 steps, without isolation headers, to the weights that the command gets",
    async () => {
      const expected = await trainByCommand(mlp);
      expect(expected).toMatch(/^[0-9a-f]{64}$/);
      const shown = await train(mlp);
      expect(shown).toMatchObject({ hash: expected, isolated: "false", threads: "1", binary: "plain" });
      expect(shown).toMatchObject({ notes: expect.stringContaining("not cross-origin isolated") });
    },
    6 * MINUTES,
  );

  it(
    "trains a convolutional network on several threads to the weights that the command gets",
    async () => {
      const expected = await trainByCommand(cnn);
      const shown = await train(cnn, ISOLATED);
      expect(shown).toMatchObject({ hash: expected, isolated: "true", binary: "plain", notes: "" });
    },
    6 * MINUTES,
  );
});
