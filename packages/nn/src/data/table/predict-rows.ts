import { labelAnswer } from "./labels.js";
import { type ReadTableOptions, readTable, type TableSource } from "./read-table.js";
import { type KnowsTables, knownColumns, tableInputs, targetNames } from "./use-table.js";

/** What `predictRows` needs of a model. */
export interface PredictsRows extends KnowsTables {
  /** As `Model.predict`. */
  predict(inputs: RowInputs): Promise<{ readonly data: Float32Array }>;
  /** As `Model.classify`. */
  classify(
    inputs: RowInputs,
  ): Promise<{ readonly labels: Uint32Array; readonly probabilities: { readonly data: Float32Array } }>;
}

interface RowInputs {
  readonly data: Uint8Array | Float32Array;
  readonly shape: readonly number[];
}

/** What a model says of one row. */
export interface RowPrediction {
  /** By the target's name: a class, or a number in the target's own unit; of several labels what their columns say, or the labels that hold, parted by `|`. */
  readonly answer: Readonly<Record<string, string | number>>;
  /** For classes, the probability of the one that is told, and of each by its name; of several labels of each alone. */
  readonly probability?: number;
  readonly probabilities?: Readonly<Record<string, number>>;
}

/** What `predictRows` answers: a prediction a row, in the table's order. */
export interface RowPredictions {
  readonly rows: readonly RowPrediction[];
  /** What was not as in training, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Predicts what a table's rows do not say, with a model that was trained on a `tableDataset`: columns are found by name, in any order, and the
 * target's may be there or not.
 *
 * ```ts
 * const { rows } = await predictRows(model, [{ Pclass: 1, Sex: "female", Age: 38 }]);
 * rows[0].answer.Survived; // "1"
 * ```
 *
 * @throws as `readTable`, and {ConfigError} `not-for-tables`, {DataError} `columns-missing` and the like; see docs/errors.md.
 */
export async function predictRows(
  model: PredictsRows,
  source: TableSource,
  options: ReadTableOptions = {},
): Promise<RowPredictions> {
  const table = await readTable(source, { known: knownColumns(model), ...options });
  const { inputs, notes } = tableInputs(model, table);
  const { task } = model.schema!;
  const names = targetNames(task);
  if (task.kind === "regression") {
    const { data } = await model.predict(inputs);
    const rows = Array.from({ length: table.rows }, (_, row) => ({
      answer: Object.fromEntries(
        task.targets.map(({ name, scale, shift }, i) => [
          name,
          data[row * names.length + i]! * scale + shift,
        ]),
      ),
    }));
    return { rows, notes };
  }
  const { labels, probabilities } = await model.classify(inputs);
  const classes = probabilities.data.length / Math.max(1, table.rows);
  if (task.kind === "multilabel") {
    const width = task.labels.length;
    const rows = Array.from({ length: table.rows }, (_, row) => {
      const of = <Of extends Uint32Array | Float32Array>(data: Of) =>
        data.subarray(row * width, (row + 1) * width);
      const shares = of(probabilities.data);
      return {
        answer: labelAnswer(task, of(labels)),
        probabilities: Object.fromEntries(task.labels.map(({ name }, i) => [name, shares[i]!])),
      };
    });
    return { rows, notes };
  }
  const className = (label: number) => model.classNames?.[label] ?? String(label);
  const rows = Array.from(labels, (label, row) => {
    const shares = probabilities.data.subarray(row * classes, (row + 1) * classes);
    return {
      answer: { [names[0] ?? "class"]: className(label) },
      probability: shares[label]!,
      probabilities: Object.fromEntries(Array.from(shares, (share, i) => [className(i), share])),
    };
  });
  return { rows, notes };
}
