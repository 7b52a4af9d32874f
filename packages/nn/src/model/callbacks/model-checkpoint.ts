import { platform } from "#platform";
import { requireBoolean, requireOptions } from "../../options.js";
import type { Callback } from "../../training/callback.js";
import { Monitor, type MonitorOptions } from "../../training/monitor.js";
import type { EpochRecord } from "../../training/progress.js";
import type { Model } from "../model.js";
import { saveModel } from "../model-file.js";

export interface ModelCheckpointOptions extends MonitorOptions {
  /** The file to write, in which `{epoch}` stands for the epoch's number, or what takes its bytes. */
  readonly to: string | ((file: Uint8Array, record: EpochRecord) => void | Promise<void>);
  /** Whether only a model that is better than those before is kept; default false. */
  readonly saveBestOnly?: boolean;
  /** Default "modelCheckpoint"; two of them in one fit need two names. */
  readonly name?: string;
}

/**
 * Saves the model after every epoch, or after those that were the best so far, as Keras' ModelCheckpoint does: a model file to use, where
 * `checkpoints` keeps what it takes to go on.
 *
 * ```ts
 * await model.fit(data, { epochs: 20, validationSplit: 0.1, callbacks: [modelCheckpoint({ to: "best.safetensors", saveBestOnly: true })] });
 * ```
 *
 * @throws {ConfigError} for an option that is unknown or out of its range; from `fit`, before its first step, `not-monitored` when the best is to be
 * kept of a figure that is not measured. @throws {PlatformError} from `fit`, for the file.
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  const owner = "modelCheckpoint";
  requireOptions(owner, options, ["to", "saveBestOnly", "monitor", "mode", "minDelta", "name"]);
  const { to, saveBestOnly = false, name = owner } = options;
  const monitor = new Monitor(owner, options);
  requireBoolean(owner, "saveBestOnly", saveBestOnly);
  let best: number | null = null;

  return {
    name,
    begin({ figures }) {
      if (saveBestOnly) monitor.requireAmong(figures);
      best = null;
    },
    async epochEnd(record, { model }) {
      const current = monitor.of(record);
      const better = current !== undefined && monitor.isBetter(current, best);
      if (saveBestOnly && !better) return;
      if (better) best = current;
      // Callbacks see of a model what training knows of it; it is whole.
      const file = await saveModel(model as Model);
      if (typeof to === "string")
        await platform.writeFile(to.replaceAll("{epoch}", String(record.epoch)), file);
      else await to(file, record);
    },
    state: () => ({ best }),
    restore(state) {
      ({ best } = state as { best: number | null });
    },
  };
}
