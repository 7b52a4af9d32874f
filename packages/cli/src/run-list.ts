import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { naming } from "./naming.js";

/** What a comparison of runs tells of one. Figures are those of the test, else of what was held out; null where nothing was measured. */
export interface ListedRun {
  readonly run: string;
  readonly status: string;
  readonly started: string;
  readonly data: string;
  readonly model: string;
  readonly epochs: number | null;
  readonly accuracy: number | null;
  readonly rmse: number | null;
  readonly loss: number | null;
  readonly seconds: number | null;
}

const runSchema = z.object({
  status: z.string(),
  started: z.string(),
  configuration: z.object({
    data: z.string().default("digits"),
    model: z.string().optional(),
    from: z.string().optional(),
  }),
  result: z.record(z.string(), z.unknown()).default({}),
});

/** The runs below a folder, at most two folders deep (folds lie in one of their own), and how many run.json could not be read. */
export async function listRuns(folder: string): Promise<{ runs: ListedRun[]; damaged: string[] }> {
  const runs: ListedRun[] = [];
  const damaged: string[] = [];
  const look = async (path: string, depth: number): Promise<void> => {
    const entries = await naming(path, readdir(path, { withFileTypes: true }));
    if (entries.some(({ name }) => name === "run.json")) {
      const run = await readRun(path);
      if (run) runs.push(run);
      else damaged.push(join(path, "run.json"));
      return;
    }
    if (depth === 0) return;
    for (const entry of entries) {
      if (entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
        await look(join(path, entry.name), depth - 1);
    }
  };
  await look(folder, 2);
  return { runs, damaged };
}

async function readRun(path: string): Promise<ListedRun | undefined> {
  const file = join(path, "run.json");
  const text = await naming(file, readFile(file, "utf8"));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = runSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { status, started, configuration, result } = parsed.data;
  const { data, model, from } = configuration;
  // Of several targets each figure is an object, which cannot be compared.
  const figure = (name: string) => (typeof result[name] === "number" ? result[name] : null);
  const measured = (name: "Loss" | "Accuracy" | "Rmse") =>
    figure(`test${name}`) ?? figure(`validation${name}`);
  return {
    ...{ run: path, status, started, data },
    model: model ?? (from === undefined ? "custom" : "finetuned"),
    epochs: figure("epochs"),
    ...{ accuracy: measured("Accuracy"), rmse: measured("Rmse"), loss: measured("Loss") },
    seconds: figure("seconds"),
  };
}

export const SORTS = ["started", "accuracy", "rmse", "loss", "epochs", "seconds", "data", "model"] as const;
export type Sort = (typeof SORTS)[number];

/** The best first: the greatest accuracy, the least of all other figures; of dates the last. What was not measured comes last. */
export function sortRuns(runs: readonly ListedRun[], by: Sort): ListedRun[] {
  const falls = by === "accuracy" || by === "started";
  return [...runs].sort((a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return (falls ? -1 : 1) * (x < y ? -1 : x > y ? 1 : 0) || (a.run < b.run ? -1 : 1);
  });
}
