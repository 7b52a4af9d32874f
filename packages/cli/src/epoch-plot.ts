import type { EpochRecord } from "@loam/nn";
import { plotLines, showsUnicode } from "./plot.js";
import type { Terminal } from "./terminal.js";

/** The losses of all epochs, as wide as the terminal. */
export function epochPlot(epochs: readonly EpochRecord[], { stderr }: Pick<Terminal, "stderr">): string[] {
  const curves = [{ name: "training", values: epochs.map(({ loss }) => loss) }];
  const validation = epochs.map(({ validationLoss }) => validationLoss);
  if (validation.some((loss) => loss !== undefined))
    curves.push({ name: "validation", values: validation as number[] });
  const columns = (stderr.isTTY === true && stderr.columns) || 80;
  return plotLines(curves, { title: "loss", columns, unicode: showsUnicode(process.env) });
}
