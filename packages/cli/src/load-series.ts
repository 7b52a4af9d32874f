import { ConfigError, type Dataset } from "@loam/nn";
import {
  describeSeries,
  type FittedSeries,
  fitSeries,
  type LabelledSeries,
  labelledSeries,
  refitSeries,
  type UnderstoodSeries,
  understandSeries,
} from "@loam/nn/data/series";
import { type KnowsTables, knownColumns, listNames, type Table, targetNames } from "@loam/nn/data/table";
import type { TableSource } from "./data-source.js";
import { UsageError } from "./failure.js";
import { columnName, type Divided, readTableSource } from "./load-table.js";
import { membersOf } from "./members.js";
import { NOT_FOR_WINDOWS, requireUnset } from "./require-unset.js";
import type { Settings } from "./settings.js";

/** A series, divided by time and cut into windows. */
export interface LoadedSeries extends Divided {
  /** The same windows, once for each network of a committee but the first. */
  readonly others: readonly Divided[];
  /** What comes after all that is trained on and chosen by. */
  readonly test: Dataset | undefined;
  readonly outputs: number;
  readonly lines: readonly string[];
}

export type SeriesSettings = Pick<
  Settings,
  | "target"
  | "drop"
  | "types"
  | "time"
  | "window"
  | "horizon"
  | "validationSplit"
  | "testSplit"
  | "folds"
  | "fold"
  | "members"
  | "steps"
  | "patience"
>;

/** On a longer series the eight networks of a committee would take longer than what they gain is worth. */
const MOST_SHARED = 20_000;

/**
 * Reads a table as a series: its last rows are for the test, those before them for choosing the best epoch, and training sees nothing of either, neither in
 * a window nor as what comes after one.
 * @throws {UsageError} for settings that do not go with a series; {LoamError} for what is wrong in the table.
 */
export async function loadSeries(
  source: TableSource,
  settings: SeriesSettings & Pick<Settings, (typeof NOT_FOR_WINDOWS)[number]>,
  base?: KnowsTables,
): Promise<LoadedSeries> {
  requireUnset(settings, NOT_FOR_WINDOWS, "does not go with --horizon, which makes a series of a table.");
  const table = await readTableSource(source, base && knownColumns(base));
  const { validationSplit = 0 } = settings;
  const { tested, end } = testRows(table.rows, settings);
  const trained = Math.floor(tested * (1 - validationSplit));
  const { fitted, outputs, lines } = base
    ? refitted(table, base, settings)
    : fittedTo(understand(table, settings, trained), trained);
  const training = fitted.dataset(0, trained);
  if (training === undefined)
    throw new UsageError(
      `${table.name}: none of the ${trained} rows that are trained on has a whole window before it and a value so far ahead; give the network of --from more rows.`,
    );
  const validation = validationSplit > 0 ? fitted.dataset(trained, tested) : undefined;
  const test = tested < end ? fitted.dataset(tested, end) : undefined;
  if (settings.fold !== undefined && test === undefined)
    throw new UsageError(
      `--folds must leave more rows in a part than lie between a row and what is forecast; ${table.rows} rows are too few for ${settings.folds} folds.`,
    );
  const more = validation ? membersOf(settings, table.rows, MOST_SHARED) - 1 : 0;
  return {
    training,
    validation,
    test,
    others: Array.from({ length: more }, () => ({ training, validation })),
    outputs,
    lines,
  };
}

interface Fitted {
  readonly fitted: FittedSeries;
  readonly outputs: number;
  readonly lines: readonly string[];
}

function fittedTo(understood: UnderstoodSeries, trained: number): Fitted {
  const fitted = fitSeries(understood, trained);
  return { fitted, outputs: understood.targets.length, lines: describeSeries(understood) };
}

/** A series as the network of `--from` reads it. @throws {UsageError} for a target that it does not forecast. */
function refitted(table: Table, base: KnowsTables, { target }: SeriesSettings): Fitted {
  const names = targetNames(base.schema!.task);
  if (target && String(target.map((name) => columnName(table, name))) !== String(names))
    throw new UsageError(
      `--from: the network forecasts ${listNames(names)}; leave out --target, or train another from its start.`,
    );
  const lines = [`series    ${listNames(names)}, with the window and the horizon of the network`];
  return { fitted: refitSeries(base, table), outputs: names.length, lines };
}

/**
 * Where the rows for the test begin and end. Of k folds, which roll on in time, the test is one after the other of the last k of k + 1 equal parts, and only
 * what comes before it is trained on.
 */
function testRows(
  rows: number,
  { testSplit = 0, folds, fold }: SeriesSettings,
): { readonly tested: number; readonly end: number } {
  if (folds === undefined || fold === undefined)
    return { tested: Math.floor(rows * (1 - testSplit)), end: rows };
  const begin = (part: number) => Math.floor((rows * part) / (folds + 1));
  return { tested: begin(fold), end: begin(fold + 1) };
}

function understand(table: Table, settings: SeriesSettings, trainingRows: number): UnderstoodSeries {
  const { target, drop, types, time, window, horizon } = settings;
  try {
    return understandSeries(table, {
      ...(target && { target: target.map((name) => columnName(table, name)) }),
      ...(drop && { drop: drop.map((name) => columnName(table, name)) }),
      ...(types && { types }),
      ...(time !== undefined && { time: columnName(table, time) }),
      ...(window !== undefined && { window }),
      horizon: horizon!,
      trainingRows,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const hint = error.code === "target-missing" ? " Name it with --target." : "";
    throw new UsageError(`${error.message}${hint}`);
  }
}

/** A table's windows of which it says what comes after, as a trained model reads them. */
export function seriesToMeasure(table: Table, model: KnowsTables, since?: string): LabelledSeries {
  try {
    return labelledSeries(model, table, since === undefined ? {} : { since });
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}
