// Gestures as a phone's sensor records them: three numbers, fifty times a second, told apart whatever their length.
import { Sequential, standardModel } from "@loam/nn";
import {
  fitRecordings,
  meanProbabilities,
  recordingInputs,
  understandRecordings,
} from "@loam/nn/data/series";
import { parseTable } from "@loam/nn/data/table";

/** A made-up recording. Its own would be parsed from a file: parseTable(text). */
function record(gesture, number) {
  const [speed, turn, size] = [0.25 + (number % 5) / 40, number * 1.7, 1 + (number % 3) / 4];
  const rows = Array.from({ length: 60 + ((number * 7) % 30) }, (_, i) => {
    const angle = i * speed + turn;
    const wobble = 0.1 * Math.sin(i * 1.3 + number);
    if (gesture === "circle") return [size * Math.cos(angle), size * Math.sin(angle), wobble];
    if (gesture === "shake") return [size * Math.sign(Math.sin(2 * angle)), wobble, wobble];
    return [wobble, wobble, 1 + wobble];
  });
  const lines = rows.map((row, i) => [i * 20, ...row.map((value) => value.toFixed(3))].join(","));
  return { label: gesture, table: parseTable(["ms,x,y,z", ...lines].join("\n")) };
}

const gestures = ["circle", "shake", "still"];
const recordings = gestures.flatMap((gesture) => Array.from({ length: 12 }, (_, i) => record(gesture, i)));
const understood = understandRecordings(recordings, { window: 40 });
console.log(`left out: ${understood.leftOut.map(({ name, why }) => `${name} (${why})`).join(", ")}`);

// What is held out is whole recordings: windows of one are too much alike.
const places = recordings.map((_, place) => place);
const training = Uint32Array.from(places.filter((place) => place % 4 !== 0));
const held = Uint32Array.from(places.filter((place) => place % 4 === 0));
const fitted = fitRecordings(understood, training);
const windows = fitted.dataset(training);

const inputShape = windows.inputs.shape.slice(1);
const { layers, optimizer } = standardModel("recordings", { inputShape, classes: gestures.length });
const model = new Sequential(layers, { inputShape, seed: 1 });
model.compile({ optimizer, loss: "softmaxCrossEntropy", metrics: ["accuracy"] });
await model.fit(windows, { epochs: 15, batchSize: 16 });
const { accuracy } = await model.evaluate(fitted.dataset(held));
console.log(`windows told right: ${(100 * accuracy).toFixed(0)} %`);

// A new recording is told by the mean of what its windows say.
const unknown = recordingInputs(model, [record("shake", 99).table]);
const { probabilities } = await model.classify(unknown.inputs);
const [shares] = meanProbabilities(unknown.recordings, probabilities);
for (const [i, share] of shares.entries())
  console.log(`${model.classNames[i]} ${(100 * share).toFixed(1)} %`);
await model.close();
