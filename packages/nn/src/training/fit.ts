import { samplesOf } from "../data/batch-source.js";
import { ConfigError, requireIn, showValue } from "../errors.js";
import { CallbackList } from "./callback-list.js";
import { Course } from "./course.js";
import { FitLoop, type FitRequest, type TrainedSoFar } from "./fit-loop.js";
import { fitSteps } from "./fit-steps.js";
import type { History } from "./progress.js";
import { divide } from "./validation-data.js";
import { weighed } from "./weigh-data.js";

export { requireRoom } from "./room.js";

/** Trains; see `Sequential.fit`. Keeps in `counter` what the model has been through. */
export async function fit(request: Omit<FitRequest, "callbacks">, counter: TrainedSoFar): Promise<History> {
  const { runtime, validationData, options, model, compiled } = request;
  requireIn("fit", "sliceMs", options.sliceMs ?? 20, "(0, Infinity]");
  const { callbacks = [], onSlice, onEpochEnd, batchSize: part = 32, accumulate = 1 } = options;
  const batchSize = part * accumulate;
  const { sampleWeight, classWeight, onNaN = "stop" } = options;
  const dataset = sampleWeight
    ? weighed("fit", request.dataset, { sampleWeight }, compiled.loss)
    : request.dataset;
  const steps = fitSteps(samplesOf(dataset), options);
  if (!["stop", "skip", "rollback"].includes(onNaN)) {
    throw new ConfigError(
      "on-nan-unknown",
      `fit: onNaN must be one of "stop", "skip", "rollback", got ${showValue(onNaN)}.`,
    );
  }
  const recovery =
    onNaN === "stop" ? undefined : (await import("./recoveries.js")).recoveryOf(onNaN, runtime, compiled);
  const heard = new CallbackList(callbacks, [
    ...(recovery ? [recovery.callback] : []),
    { ...(onSlice && { slice: onSlice }), ...(onEpochEnd && { epochEnd: onEpochEnd }) },
  ]);
  const [left, validation] = divide(dataset, validationData, options.validationSplit, model.seed);
  const train = classWeight ? weighed("fit", left, { classWeight }, compiled.loss) : left;
  const course = new Course(samplesOf(train), batchSize, steps);
  const run = { ...request, dataset, callbacks: heard.names };
  return runtime.withData(train, batchSize, options.signal, (data) =>
    runtime.withMetrics(compiled.metrics, "fit", (metrics) =>
      new FitLoop(run, counter, heard, course, { data, metrics, validation, recovery }).run(),
    ),
  );
}
