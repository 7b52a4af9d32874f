import { platform } from "#platform";
import { requireOptions } from "../../options.js";
import type { Callback } from "../../training/callback.js";
import { figuresOf, ofValidation } from "../../training/monitor.js";
import { type Scalar, scalarEvent, versionEvent } from "./event-file.js";

export interface TensorBoardOptions {
  /** The folder of the run, or what takes the bytes that its files `train` and `validation` grow by. */
  readonly to: string | ((run: "train" | "validation", bytes: Uint8Array) => void | Promise<void>);
  /** Default "tensorBoard". */
  readonly name?: string;
}

/**
 * Writes each epoch's figures for TensorBoard, as `epoch_loss` and the like in the folders `train` and `validation`, where Keras has them too, at
 * the step that the model has reached: `tensorboard --logdir runs` shows them while training goes on.
 *
 * ```ts
 * await model.fit(data, { epochs: 20, validationSplit: 0.1, callbacks: [tensorBoard({ to: "runs/first" })] });
 * ```
 *
 * A fit that goes on from a checkpoint writes files of its own beside those of before.
 * @throws {ConfigError} `unknown-option`. @throws {PlatformError} from `fit`, for the files.
 */
export function tensorBoard(options: TensorBoardOptions): Callback {
  requireOptions("tensorBoard", options, ["to", "name"]);
  const { to, name = "tensorBoard" } = options;
  /** The files of this fit, by their run; each is made with its first figure. */
  const files = new Map<string, string>();

  const append = async (run: "train" | "validation", step: number, scalars: readonly Scalar[]) => {
    const seconds = platform.clock();
    let bytes = scalarEvent(seconds, step, scalars);
    if (!files.has(run)) {
      const begin = versionEvent(seconds);
      const whole = new Uint8Array(begin.length + bytes.length);
      whole.set(begin);
      whole.set(bytes, begin.length);
      bytes = whole;
      // TensorBoard knows a file by a part of its name, and sorts by the rest.
      const file = `events.out.tfevents.${String(Math.floor(seconds)).padStart(10, "0")}.loam.${files.size}`;
      if (typeof to === "string") await platform.makeFolder(platform.join(to, run));
      files.set(run, typeof to === "string" ? platform.join(to, run, file) : file);
    }
    await (typeof to === "string" ? platform.appendFile(files.get(run)!, bytes) : to(run, bytes));
  };

  return {
    name,
    begin() {
      files.clear();
    },
    async epochEnd(record) {
      const { metrics = {}, validationMetrics = {} } = record;
      const figures = figuresOf(record);
      const names = ["loss", "accuracy", ...Object.keys(metrics)];
      const scalars = (of: (name: string) => string) =>
        names.flatMap((one) => {
          const value = figures[of(one)];
          return value === undefined ? [] : [{ tag: `epoch_${one}`, value }];
        });
      const rate = { tag: "epoch_learning_rate", value: record.learningRate };
      await append("train", record.steps, [...scalars((one) => one), rate]);
      if (record.validationLoss === undefined && Object.keys(validationMetrics).length === 0) return;
      await append("validation", record.steps, scalars(ofValidation));
    },
  };
}
