// A body that knows the digits 0 to 6 is taught 7, 8 and 9 from ten pictures of each: by a head on its features, and by the nearest examples.
import { Adam, Conv2d, Dense, Flatten, MaxPool2d, pickSamples, Sequential, syntheticDigits } from "@loam/nn";
import { bodyOf, features, KNeighbors } from "@loam/nn/transfer";

/** The pictures of some digits, at most so many of each, with classes from 0. */
function only(digits, data, most = Number.POSITIVE_INFINITY) {
  const seen = new Map();
  const places = [];
  for (const [place, digit] of data.labels.data.entries()) {
    seen.set(digit, (seen.get(digit) ?? 0) + 1);
    if (digits.includes(digit) && seen.get(digit) <= most) places.push(place);
  }
  const picked = pickSamples(data, Uint32Array.from(places));
  const labels = { ...picked.labels, data: picked.labels.data.map((digit) => digits.indexOf(digit)) };
  return { ...picked, labels, classNames: digits.map(String) };
}
const old = only([0, 1, 2, 3, 4, 5, 6], syntheticDigits({ samples: 2000, seed: 1 }));
const few = only([7, 8, 9], syntheticDigits({ samples: 500, seed: 2 }), 10);
const test = only([7, 8, 9], syntheticDigits({ samples: 1000, seed: 3 }));

const trained = new Sequential(
  [
    new Conv2d({ filters: 8, kernelSize: 5, activation: "relu" }),
    new MaxPool2d({ kernelSize: 2 }),
    new Conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
    new MaxPool2d({ kernelSize: 2, name: "pictures" }),
    new Flatten({ name: "code" }),
    new Dense({ units: 7 }),
  ],
  { inputShape: [1, 28, 28], seed: 1 },
);
trained.compile({ optimizer: new Adam(), loss: "softmaxCrossEntropy", metrics: ["accuracy"] });
const { epochs } = await trained.fit(old, { epochs: 3, batchSize: 32 });
console.log(`the body tells ${Math.round(100 * epochs.at(-1).accuracy)} % of the digits 0 to 6`);

// The body runs once a picture; the head sees its features alone.
const [codes, testCodes] = [await features(trained, "code", few), await features(trained, "code", test)];
const head = new Sequential([new Dense({ units: 3, name: "head" })], {
  inputShape: codes.inputs.shape.slice(1),
  seed: 1,
});
head.compile({
  optimizer: new Adam({ learningRate: 0.01 }),
  loss: "softmaxCrossEntropy",
  metrics: ["accuracy"],
});
await head.fit(codes, { epochs: 40, batchSize: 10 });
const { accuracy } = await head.evaluate(testCodes);
console.log(`a head on its features: ${Math.round(100 * accuracy)} % of ${test.labels.data.length} others`);

const known = new KNeighbors({ k: 3, distance: "cosine" });
known.add(codes);
const told = known.predict(testCodes.inputs);
const right = told.filter(({ label }, i) => label === test.classNames[test.labels.data[i]]).length;
console.log(`the three nearest examples: ${Math.round((100 * right) / told.length)} %`);

// Body and head as one model, for whoever has a picture and no features.
const [body, top] = [await bodyOf(trained, { upTo: "code" }), await bodyOf(head)];
const whole = new Sequential([...body.layers, ...top.layers], { inputShape: body.inputShape });
Object.assign(whole, { scaling: trained.scaling, classNames: few.classNames });
whole.compile({ optimizer: new Adam(), loss: "softmaxCrossEntropy", metrics: ["accuracy"] });
console.log(`as one model: ${Math.round(100 * (await whole.evaluate(test)).accuracy)} %`);
await Promise.all([trained.close(), head.close(), whole.close()]);
