import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseConfig } from "../config.js";
import { isTableName } from "../data-source.js";
import { CommandError } from "../failure.js";
import { naming } from "../naming.js";
import { type TrainingSettings, withTrainingDefaults } from "../network.js";
import type { TrainingResult } from "../run-record.js";
import { storedSettings } from "../settings.js";

/** What a run folder says of a run that is done. */
export interface FinishedRun {
  readonly path: string;
  readonly modelPath: string;
  readonly started: string;
  /** What relative paths of the settings are meant from. */
  readonly directory: string;
  readonly settings: TrainingSettings;
  readonly versions: { readonly loam: string; readonly node: string };
  readonly engine: { readonly threads: number; readonly binary: string } | undefined;
  readonly result: Pick<
    TrainingResult,
    | "epochs"
    | "seconds"
    | "weightsHash"
    | "testLoss"
    | "validationLoss"
    | "validationAccuracy"
    | "validationRmse"
  >;
  /** Rows of history.csv by column; what was not measured is undefined. */
  readonly history: readonly Readonly<Record<string, number | undefined>>[];
}

const schema = z.object({
  status: z.string(),
  started: z.string(),
  directory: z.string().default(""),
  configuration: z.record(z.string(), z.unknown()),
  versions: z.object({ loam: z.string(), node: z.string() }),
  engine: z.object({ threads: z.number(), binary: z.string() }).optional(),
  result: z
    .object({
      ...{ epochs: z.number(), seconds: z.number(), weightsHash: z.string() },
      testLoss: z.number().nullable(),
      validationLoss: z.number().nullable().optional(),
      validationAccuracy: z.number().nullable().optional(),
      validationRmse: z.union([z.number(), z.record(z.string(), z.number())]).optional(),
    })
    .optional(),
});

/** Reads the folder of a run that is finished. @throws {CommandError} where it is not, or holds no run. */
export async function readFinishedRun(path: string): Promise<FinishedRun> {
  const file = join(path, "run.json");
  const text = await naming(file, readFile(file, "utf8"));
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) throw new CommandError(`${file}: is damaged, or not of a run of Loam.`);
  const { status, configuration, result, engine, ...rest } = parsed.data;
  if (status !== "finished" || result === undefined) {
    throw new CommandError(
      `${path}: this run is not finished (${status}); loam train --resume goes on with it.`,
    );
  }
  // What versions did not write that knew one kind alone.
  const isTable = isTableName(String(configuration.data ?? ""));
  const known = { schedule: "constant", ...(isTable && { tableReader: "lessons" }), ...configuration };
  const config = parseConfig(JSON.stringify(known), file);
  const settings = withTrainingDefaults(storedSettings(config));
  const history = await naming(path, readFile(join(path, "history.csv"), "utf8"));
  return {
    ...rest,
    ...{ path, settings, engine },
    result: result as FinishedRun["result"],
    modelPath: join(path, "model.safetensors"),
    history: rowsOf(history),
  };
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The rows of a history.csv by column; what was not measured is undefined. */
export function rowsOf(csv: string): Record<string, number | undefined>[] {
  const [head = "", ...lines] = csv.trim().split("\n");
  const names = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(
      names.map((name, i) => [
        name,
        cells[i] === "" || cells[i] === undefined ? undefined : Number(cells[i]),
      ]),
    );
  });
}
