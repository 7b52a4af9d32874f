// The first five minutes: a network that learns "one or the other, but not both", and says what it thinks.
import { Dense, Sequential } from "@loam/nn";

const model = new Sequential(
  [new Dense({ units: 8, activation: "tanh" }), new Dense({ units: 1, activation: "sigmoid" })],
  { inputShape: [2], seed: 1 },
);
model.compile({ optimizer: "adam", loss: "binaryCrossEntropy" });

const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
await model.fit(inputs, [0, 1, 1, 0], { epochs: 1500 });

const { data } = await model.predict(inputs);
for (const [i, [a, b]] of inputs.entries()) console.log(`${a} xor ${b} = ${data[i].toFixed(2)}`);
await model.close();
