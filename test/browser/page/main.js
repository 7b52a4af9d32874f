// A page as a user would write it, and bundle with Vite: ?model=mlp&samples=20000&steps=200&seed=7 trains and shows the weights' hash.
import { Sequential, softmaxCrossEntropy, standardModel, syntheticDigits } from "@loam/nn";

const asked = new URLSearchParams(location.search);
const number = (name) => Number(asked.get(name));
const result = document.querySelector("#result");

try {
  const { layers, optimizer, batchSize } = standardModel(asked.get("model"), {
    inputShape: [1, 28, 28],
    classes: 10,
  });
  const model = new Sequential(layers, { inputShape: [1, 28, 28], seed: number("seed") });
  model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
  const digits = syntheticDigits({ samples: number("samples"), seed: 0 });
  await model.fit(digits, { steps: number("steps"), batchSize });
  const { threads, binary, notes } = await model.ready();
  Object.assign(result.dataset, { threads, binary, notes: notes.join(" "), isolated: crossOriginIsolated });
  result.textContent = await model.weightsHash();
} catch (error) {
  result.textContent = `${error.name}: ${error.message}`;
}
