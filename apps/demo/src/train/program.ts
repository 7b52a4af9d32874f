import { HELD_OUT, type OwnData } from "./files.js";
import { layerConfigs } from "./network.js";
import type { OptimizerName, Settings } from "./settings.js";

/** The optimizers as one writes them; `makeOptimizer` makes the same. */
const OPTIMIZER_CODE: Readonly<Record<OptimizerName, readonly [name: string, more: string]>> = {
  sgd: ["SGD", ""],
  momentum: ["SGD", ", momentum: 0.9"],
  nesterov: ["SGD", ", momentum: 0.9, nesterov: true"],
  adagrad: ["Adagrad", ""],
  rmsprop: ["RMSprop", ""],
  adadelta: ["Adadelta", ""],
  adam: ["Adam", ""],
  adamw: ["AdamW", ""],
};

/** The run as a program for Node, which prints the hash that the run ends with. */
export function programOf(settings: Settings, files: OwnData | undefined, classes: number): string {
  const { network, dropout, l2, seed, batchSize, epochs } = settings;
  const [optimizer, more] = OPTIMIZER_CODE[settings.optimizer];
  const isCustom = network === "custom";
  const data = dataLines(settings, files);
  const names = [
    optimizer,
    isCustom ? "layerFromConfig" : "standardModel",
    "Sequential",
    "softmaxCrossEntropy",
    ...data.names,
  ].sort((a, b) => a.localeCompare(b));
  const layers = isCustom
    ? [
        `const configs = ${JSON.stringify(layerConfigs(settings, classes))};`,
        "const layers = configs.map(({ type, ...config }) => layerFromConfig(type, config));",
      ]
    : [
        `const { layers } = standardModel("${network}", { inputShape, classes: ${classes}${
          dropout === undefined ? "" : `, dropout: ${dropout}`
        }${l2 > 0 ? `, l2: ${l2}` : ""} });`,
      ];
  return [
    `import { ${names.join(", ")} } from "@loam/nn";`,
    ...data.imports,
    "",
    ...data.lines,
    "const inputShape = training.inputs.shape.slice(1);",
    ...layers,
    `const model = new Sequential(layers, { inputShape, seed: ${seed} });`,
    `const optimizer = new ${optimizer}({ learningRate: ${settings.learningRate}${more} });`,
    'model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: ["accuracy"] });',
    `await model.fit(training, { batchSize: ${batchSize}, epochs: ${epochs} });`,
    "console.log(await model.weightsHash());",
    "await model.close();",
  ].join("\n");
}

interface DataLines {
  readonly names: readonly string[];
  readonly imports: readonly string[];
  readonly lines: readonly string[];
}

/** How the program comes by what the run learned from. */
function dataLines({ data, samples, seed }: Settings, files: OwnData | undefined): DataLines {
  if (data === "digits") {
    return {
      names: ["syntheticDigits"],
      imports: [],
      lines: [`const training = syntheticDigits({ samples: ${samples}, seed: 0 });`],
    };
  }
  const isIdx = files?.kind === "idx";
  const name = JSON.stringify(files?.name ?? "data.csv");
  const source = isIdx
    ? '(await loadIdxFolder(".")).training'
    : `readCsv(readFileSync(${name}), { name: ${name} })`;
  // A table of 784 columns is taken for pictures.
  const isReshaped = !isIdx && files?.whole.inputs.shape.length === 4;
  const lines = isReshaped
    ? [
        `const table = ${source};`,
        "const shape = [table.inputs.shape[0], 1, 28, 28];",
        "const whole = { ...table, inputs: { ...table.inputs, shape } };",
      ]
    : [`const whole = ${source};`];
  return {
    names: [...(isIdx ? ["loadIdxFolder"] : []), ...(files?.test ? [] : ["splitDataset"])],
    imports: isIdx
      ? []
      : ['import { readCsv } from "@loam/nn/data/csv";', 'import { readFileSync } from "node:fs";'],
    lines: [
      ...lines,
      files?.test
        ? "const training = whole;"
        : `const { training } = splitDataset(whole, ${HELD_OUT}, ${seed});`,
    ],
  };
}
