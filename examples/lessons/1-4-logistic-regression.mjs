// Lesson 1-4: logistic regression, a table of eight columns to 0 or 1. Give it a .csv of your own (label in the last column), or it
// makes a table up.
import { readFile } from "node:fs/promises";
import { Adam, binaryCrossEntropy, Dense, Sequential, splitDataset } from "@loam/nn";
import { readCsv } from "@loam/nn/data/csv";
import { list, percent, quick, uniform, words } from "./support.mjs";

/** Eight measurements on scales of their own; whether the answer is 1 hangs on three of them, and on luck. */
function madeUpTable() {
  const random = uniform(4);
  const rows = Array.from({ length: 800 }, () => {
    const columns = [17, 200, 122, 99, 846, 67, 2.4, 81].map((top) => random(0, top).toFixed(2));
    const logit = 0.06 * columns[1] - 0.1 * columns[5] + 0.05 * columns[7] - 4.5;
    return [...columns, random(0, 1) < 1 / (1 + Math.exp(-logit)) ? 1 : 0].join(",");
  });
  return ["a,b,c,d,e,f,g,h,answer", ...rows].join("\n");
}

const text = words[0] ? await readFile(words[0], "utf8") : madeUpTable();
const all = readCsv(text, { labelColumn: -1, labels: "values", scaling: "standard" });
const { training, validation: test } = splitDataset(all, 0.25, 1);

const model = new Sequential([new Dense({ units: 1 })], { inputShape: all.inputs.shape.slice(1), seed: 1 });
model.compile({
  optimizer: new Adam({ learningRate: 0.01 }),
  loss: binaryCrossEntropy(),
  metrics: ["accuracy"],
});
await model.fit(training, { epochs: quick ? 5 : 100, batchSize: 32 });

const { loss, accuracy } = await model.evaluate(test);
const [w] = await model.getWeights();
console.log(`weights of the standardised columns  ${list(w.data, 2)}`);
console.log(`test loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}`);
await model.close();
