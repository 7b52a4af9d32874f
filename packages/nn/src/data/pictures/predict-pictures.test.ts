import { expect, it } from "vitest";
import { plainPng } from "../../../test/support/png-file.js";
import { Dense } from "../../layers/dense.js";
import { Flatten } from "../../layers/flatten.js";
import { softmaxCrossEntropy } from "../../losses/softmax-cross-entropy.js";
import { Sequential } from "../../model/sequential.js";
import { SGD } from "../../optimizers/sgd.js";
import { imageFolder } from "./image-folder.js";
import { predictPictures } from "./predict-pictures.js";

const RED = [200, 10, 10] as const;
const BLUE = [10, 10, 200] as const;

/** A network that has seen one red and one blue picture. */
async function trained() {
  const tree = { "red/1.png": plainPng(9, 9, RED), "blue/1.png": plainPng(9, 9, BLUE) };
  const files = Object.entries(tree).map(([path, bytes]) => ({ path, read: async () => bytes }));
  const { training } = await imageFolder(files);
  const model = new Sequential([new Flatten(), new Dense({ units: 2 })], {
    inputShape: training.inputs.shape.slice(1),
    seed: 1,
    threads: 1,
  });
  model.compile({ optimizer: new SGD({ learningRate: 0.05 }), loss: softmaxCrossEntropy() });
  await model.fit(training, { epochs: 20 });
  return { model, training };
}

it("tells pictures as bytes, files and pixels of a canvas, each by the name of its class", async () => {
  const { model, training } = await trained();
  const png = plainPng(40, 30, BLUE);
  const half = [...RED, 255, 10, 10, 200, 255];
  const told = await predictPictures(model, [
    plainPng(9, 9, RED),
    png,
    { name: "b.png", arrayBuffer: async () => new Uint8Array(png).buffer },
    { width: 2, height: 1, data: Uint8ClampedArray.from([...half.slice(0, 4), ...half.slice(0, 4)]) },
  ]);
  expect(told.map((one) => one.class)).toEqual(["red", "blue", "blue", "red"]);
  // The first is one that it was trained on: what classify says of it as it was then.
  const { labels, probabilities } = await model.classify(training.inputs);
  const row = [...labels].findIndex((label) => training.classNames![label] === "red");
  expect(told[0]!.probability).toBe(probabilities.data[2 * row + labels[row]!]);
  expect(told[0]!.probabilities[told[0]!.class]).toBe(told[0]!.probability);
  expect(told[1]).toEqual(told[2]);
  expect(await predictPictures(model, [])).toEqual([]);
  await model.close();
});

it("puts what is transparent on white, as a file's", async () => {
  const { model } = await trained();
  const white = { width: 1, height: 1, data: Uint8ClampedArray.of(255, 255, 255, 255) };
  const clear = { width: 1, height: 1, data: Uint8ClampedArray.of(0, 0, 0, 0) };
  const [a, b] = await predictPictures(model, [white, clear]);
  expect(b).toEqual(a);
  await model.close();
});

it("refuses models that know no pictures, and pixels that are not so many", async () => {
  const { model } = await trained();
  const pixels = { width: 2, height: 2, data: new Uint8ClampedArray(12) };
  await expect(predictPictures(model, [pixels])).rejects.toMatchObject({ code: "pixels-mismatch" });
  await model.close();
  const other = new Sequential([new Dense({ units: 2 })], { inputShape: [3], threads: 1 });
  await expect(predictPictures(other, [])).rejects.toMatchObject({ code: "not-for-pictures" });
  await other.close();
});
