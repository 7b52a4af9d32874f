// A series from a table: forecast what a shop sells three days from now, beside forecasts that need no network.
import { Dense, earlyStopping, Sequential } from "@loam/nn";
import { baselines, fitSeries, forecast, understandSeries } from "@loam/nn/data/series";
import { readTable } from "@loam/nn/data/table";

// Two years of sales: a week that repeats itself, tides of two months, and a slow rise. A file's bytes would do as well.
const DAYS = 730;
const lines = Array.from({ length: DAYS }, (_, day) => {
  const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
  const week = [20, 22, 21, 25, 40, 60, 5][day % 7];
  const tide = 1 + 0.5 * Math.sin((2 * Math.PI * day) / 60);
  return `${date},${(week * tide + day / 30).toFixed(1)}`;
});
const csv = new TextEncoder().encode(["day,sales", ...lines].join("\n"));

// The past trains, what follows chooses the epoch, and the last fifth is the test.
const table = await readTable(csv, { name: "sales" });
const [trained, tested] = [Math.floor(DAYS * 0.68), Math.floor(DAYS * 0.8)];
const understood = understandSeries(table, { horizon: "3d", window: "28d", trainingRows: trained });
const series = fitSeries(understood, trained);
const training = series.dataset(0, trained);
const test = series.dataset(tested, DAYS);

const model = new Sequential(
  [
    new Dense({ units: 32, activation: "relu" }),
    new Dense({ units: 32, activation: "relu" }),
    new Dense({ units: 1 }),
  ],
  { inputShape: training.inputs.shape.slice(1), seed: 1 },
);
model.compile({ optimizer: "adam", loss: "meanSquaredError" });
await model.fit(training, {
  epochs: 100,
  batchSize: 32,
  validationData: series.dataset(trained, tested),
  callbacks: [earlyStopping({ patience: 10, restoreBest: true })],
});

// The loss is that of scaled changes; times the scale it is an error in sales.
const { loss } = await model.evaluate(test);
const [{ scale }] = series.schema.task.targets;
for (const { rule, rmse } of baselines(test)) console.log(`${rule}: off by ${rmse.sales.toFixed(1)}`);
console.log(`the network: off by ${(Math.sqrt(loss) * scale).toFixed(1)}`);

const { forecasts } = await forecast(model, csv);
const { moment, answer } = forecasts.at(-1);
console.log(`${moment}: ${answer.sales.toFixed(1)}`);
await model.close();
