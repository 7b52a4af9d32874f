import { layerConfigs } from "./network.js";
import { type Settings, USUAL_SAMPLES } from "./settings.js";

/** The command that trains the same network in a terminal. `file` stands for the visitor's own data. */
export function commandLine(settings: Settings, file = "data.csv"): string {
  const { network, data, samples, dropout, l2 } = settings;
  const parts = ["npx loam train"];
  if (network === "custom") return `${parts[0]} --config loam.json`;
  parts.push(`--data ${data === "digits" ? "digits" : quote(file)}`);
  if (data === "digits" && samples !== USUAL_SAMPLES) parts.push(`--limit ${samples}`);
  if (data === "files") parts.push("--validation-split 0.1");
  parts.push(
    `--model ${network}`,
    `--optimizer ${settings.optimizer}`,
    `--learning-rate ${settings.learningRate}`,
  );
  parts.push(`--batch-size ${settings.batchSize}`, `--epochs ${settings.epochs}`);
  if (dropout !== undefined) parts.push(`--dropout ${dropout}`);
  if (l2 > 0) parts.push(`--l2 ${l2}`);
  parts.push(`--seed ${settings.seed}`);
  return parts.join(" ");
}

/** The configuration file for `loam train --config`, for networks of one's own. */
export function configFile(settings: Settings, classes: number, file = "data.csv"): string {
  const { data, samples, optimizer, learningRate, batchSize, epochs, seed } = settings;
  const config = {
    data: data === "digits" ? "digits" : file,
    ...(data === "digits" && samples !== USUAL_SAMPLES && { limit: samples }),
    ...(data === "files" && { validationSplit: 0.1 }),
    layers: layerConfigs(settings.layers, classes),
    optimizer,
    learningRate,
    batchSize,
    epochs,
    seed,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function quote(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `"${file.replaceAll('"', '\\"')}"`;
}
