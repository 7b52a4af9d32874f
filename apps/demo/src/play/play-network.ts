import {
  Adam,
  binaryCrossEntropy,
  Dense,
  type KernelOptimizer,
  l2,
  meanSquaredError,
  Sequential,
  SGD,
} from "@loam/nn";
import { type PlaySettings, taskOf } from "./play-settings.js";

/** The playground's network, untrained. */
export function makeNetwork(settings: PlaySettings): Sequential {
  const { features, layers, activation, seed, l2: penalty } = settings;
  const kernelRegularizer = penalty > 0 ? { kernelRegularizer: l2(penalty) } : {};
  const model = new Sequential(
    [
      ...layers.map((units) => new Dense({ units, activation, ...kernelRegularizer })),
      new Dense({ units: 1, ...kernelRegularizer }),
    ],
    { inputShape: [features.length], seed, name: "playground" },
  );
  return compile(model, settings);
}

/** Says how it learns from now on; its weights stay. */
export function compile(model: Sequential, settings: PlaySettings): Sequential {
  const { optimizer, rate } = settings;
  const made: KernelOptimizer =
    optimizer === "adam" ? new Adam({ learningRate: rate }) : new SGD({ learningRate: rate });
  model.compile({
    optimizer: made,
    loss: taskOf(settings) === "classes" ? binaryCrossEntropy() : meanSquaredError(),
  });
  return model;
}

/** The same in the words of a program, for the points in a file. */
export function codeOf(settings: PlaySettings, epochs: number): string {
  const { features, layers, activation, seed, l2: penalty, optimizer, rate, batch } = settings;
  const optimizerClass = optimizer === "adam" ? "Adam" : "SGD";
  const loss = taskOf(settings) === "classes" ? "binaryCrossEntropy" : "meanSquaredError";
  const regularizer = penalty > 0 ? `, kernelRegularizer: l2(${penalty})` : "";
  const imports = [optimizerClass, loss, "Dense", ...(penalty > 0 ? ["l2"] : []), "Sequential"].sort((a, b) =>
    a.localeCompare(b),
  );
  const dense = (options: string) => `    new Dense({ ${options}${regularizer} }),`;
  return [
    `import { ${imports.join(", ")} } from "@loam/nn";`,
    'import { readFileSync } from "node:fs";',
    "",
    "// points.csv, downloaded here: what the network sees of each point, and its target",
    'const [, ...lines] = readFileSync("points.csv", "utf8").trim().split("\\n");',
    'const rows = lines.map((line) => line.split(",").map(Number));',
    "const inputs = rows.map((row) => row.slice(0, -1));",
    "const targets = rows.map((row) => row.at(-1));",
    "",
    "const model = new Sequential(",
    "  [",
    ...layers.map((units) => dense(`units: ${units}, activation: "${activation}"`)),
    dense("units: 1"),
    "  ],",
    `  { inputShape: [${features.length}], seed: ${seed} },`,
    ");",
    `model.compile({ optimizer: new ${optimizerClass}({ learningRate: ${rate} }), loss: ${loss}() });`,
    `await model.fit(inputs, targets, { epochs: ${epochs}, batchSize: ${batch} });`,
    "console.log(await model.weightsHash());",
  ].join("\n");
}
