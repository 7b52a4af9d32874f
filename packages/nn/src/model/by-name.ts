import { requireKnown } from "../known-name.js";
import { type LossName, lossFactories, lossFromConfig } from "../losses/registry.js";
import { type MetricName, metricFactories } from "../metrics/counted/registry.js";
import type { Metric } from "../metrics/metric.js";
import { optimizerClasses, optimizerFromConfig } from "../optimizers/registry.js";
import type { CompiledParts, CompileOptions } from "./options.js";

/**
 * What `compile` was told by names, each with its defaults. Only imported when there is a name, so that a page without any carries none of the
 * losses, optimizers and metrics that it does not use.
 * @throws {ConfigError} `optimizer-unknown`, `loss-unknown`, `metric-unknown`.
 */
export function byName({ optimizer, loss, metrics = [] }: CompileOptions): CompiledParts {
  return {
    optimizer: typeof optimizer === "string" ? optimizerOf(optimizer) : optimizer,
    loss: typeof loss === "string" ? lossOf(loss) : loss,
    metrics: metrics.map((metric) => (typeof metric === "string" ? metricOf(metric) : metric)),
  };
}

function optimizerOf(name: string) {
  const classes = new Map(Object.keys(optimizerClasses).map((type) => [type.toLowerCase(), type]));
  requireKnown("compile", "optimizer", name, [...classes.keys()]);
  return optimizerFromConfig(classes.get(name)!, {});
}

function lossOf(name: LossName) {
  requireKnown("compile", "loss", name, Object.keys(lossFactories));
  return lossFromConfig(name);
}

function metricOf(name: "accuracy" | MetricName): "accuracy" | Metric {
  if (name === "accuracy") return name;
  requireKnown("compile", "metric", name, ["accuracy", ...Object.keys(metricFactories)]);
  return metricFactories[name]();
}
