import { platform } from "#platform";
import { requireOptions } from "../../options.js";
import type { Callback } from "../../training/callback.js";
import { figuresOf } from "../../training/monitor.js";

export interface CsvLogOptions {
  /** The file to write, or what takes its text. */
  readonly to: string | ((text: string) => void | Promise<void>);
  /** Between two columns; default ",". */
  readonly separator?: string;
  /** Default "csvLog"; two of them in one fit need two names. */
  readonly name?: string;
}

/**
 * Writes a row of figures an epoch: its number, steps done, losses, accuracies and metrics as they are measured, learning rate, seconds. Keras'
 * CSVLogger. The file is written whole each time, and a fit that goes on from a checkpoint goes on with the rows of before.
 *
 * ```ts
 * await model.fit(data, { epochs: 20, callbacks: [csvLog({ to: "log.csv" })] });
 * ```
 *
 * @throws {ConfigError} `unknown-option`. @throws {PlatformError} from `fit`, for the file.
 */
export function csvLog(options: CsvLogOptions): Callback {
  requireOptions("csvLog", options, ["to", "separator", "name"]);
  const { to, separator = ",", name = "csvLog" } = options;
  let lines: string[] = [];

  return {
    name,
    begin() {
      lines = [];
    },
    async epochEnd(record) {
      const { epoch, steps, learningRate, seconds } = record;
      const row = { epoch, steps, ...figuresOf(record), learningRate, seconds };
      if (lines.length === 0) lines.push(Object.keys(row).map(quoted).join(separator));
      lines.push(Object.values(row).join(separator));
      const text = `${lines.join("\n")}\n`;
      await (typeof to === "string" ? platform.writeFile(to, new TextEncoder().encode(text)) : to(text));
    },
    state: () => lines,
    restore(state) {
      lines = [...(state as readonly string[])];
    },
  };

  /** A metric may have any name. */
  function quoted(cell: string): string {
    return cell.includes(separator) || /["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
}
