import {
  fitTable,
  hasLabelAndPixels,
  holdOut,
  labelledTable,
  outputsOf,
  readTable,
  type Table,
  type UnderstoodTable,
  understandTable,
  usualTarget,
} from "@loam/nn/data/table";
import type { Divided, TableFacts, TaskOfNetwork } from "./file-facts.js";

/** What a network for some columns has to be, and what is told of the table beside it. */
export interface PredictionFacts {
  readonly task: TaskOfNetwork;
  readonly outputs: number;
  /** Rows that have an answer. */
  readonly samples: number;
  readonly inputShape: readonly number[];
  readonly bytes: boolean;
  readonly held: number;
  readonly table: TableFacts;
}

/** Rows that the page gets to fill its form with. */
const ROWS_TOLD = 50;

const TASKS = { classification: "classes", regression: "numbers", multilabel: "labels" } as const;

/** A table, and perhaps a second one to examine on; of the columns any may be predicted, and several where they are alike. */
export class OwnTable {
  private constructor(
    private readonly table: Table,
    private readonly test: Table | undefined,
  ) {}

  /** How many rows there are, with an answer or without. */
  get rows(): number {
    return this.table.rows;
  }

  /** @throws {LoamError} with a sentence about what is wrong. */
  static async read(
    training: { readonly name: string; readonly bytes: Uint8Array },
    test: { readonly name: string; readonly bytes: Uint8Array } | undefined,
  ): Promise<OwnTable> {
    const table = await readTable(training.bytes, { name: training.name });
    const known = table.columns.map(({ name }) => name);
    return new OwnTable(table, test && (await readTable(test.bytes, { name: test.name, known })));
  }

  /** What a network for some columns has to be. Without a name, the column that most likely is meant. */
  of(asked: readonly string[], heldOut: number): PredictionFacts {
    const understood = this.#understand(asked);
    const { task, findings } = understood;
    const samples = task.rows.length;
    const { training } = this.divide(asked, heldOut, 0);
    return {
      task: TASKS[task.kind],
      outputs: outputsOf(task),
      samples,
      inputShape: training.inputs.shape.slice(1),
      bytes: training.inputs.data instanceof Uint8Array,
      held: this.test?.rows ?? Math.floor(samples * heldOut + 0.5),
      table: {
        targets: task.targets,
        columns: this.table.columns.map(({ name }) => name),
        inputs: findings.map(({ column: { name }, kind, empty }) => ({ name, kind, empty })),
        rows: Array.from(task.rows.subarray(0, ROWS_TOLD), (row) => this.#row(row)),
      },
    };
  }

  /** Holds rows out, of each class its share, and makes inputs by what the others alone say, as the command does. */
  divide(asked: readonly string[], heldOut: number, seed: number): Divided {
    const understood = this.#understand(asked);
    const { task } = understood;
    const { training, held } = holdOut(task.rows.length, heldOut, seed, task.classes);
    const fitted = fitTable(understood, training, "auto");
    const validation = fitted.dataset(held);
    const { name, scaling, classNames } = validation;
    const knows = { name, scaling, classNames, schema: fitted.schema };
    return {
      training: fitted.dataset(training),
      validation,
      test: this.test ? labelledTable(knows, this.test).dataset : validation,
    };
  }

  #understand(asked: readonly string[]): UnderstoodTable {
    const { columns } = this.table;
    if (asked.length > 0 && asked.every((name) => columns.some((column) => column.name === name)))
      return understandTable(this.table, { target: asked });
    try {
      return understandTable(this.table, { target: likelyTarget(this.table) });
    } catch (error) {
      // Many different words are no classes; any other column is a better guess.
      if ((error as { code?: string }).code !== "csv-label") throw error;
      for (const { name } of [...columns].reverse()) {
        try {
          return understandTable(this.table, { target: name });
        } catch {
          // Neither is this one.
        }
      }
      throw error;
    }
  }

  #row(row: number): Record<string, string> {
    return Object.fromEntries(this.table.columns.map(({ name, cells }) => [name, cells[row]!]));
  }
}

/** A column called label, target, class or y; else the first one of files without names, as lessons have them, and the last one of others. */
function likelyTarget(table: Table): string {
  const { columns, header } = table;
  const usual = usualTarget(table);
  if (usual !== undefined) return usual;
  return (header && !hasLabelAndPixels(table) ? columns.at(-1)! : columns[0]!).name;
}
