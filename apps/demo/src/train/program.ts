import { HELD_OUT } from "./file-facts.js";
import { type OwnData, PATIENCE, stopsByItself } from "./files.js";
import { DIGITS, LOSS_OF, layerConfigs } from "./network.js";
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
  const own = settings.data === "files" ? files : undefined;
  const { task } = own?.facts ?? DIGITS;
  const loss = LOSS_OF[task]().name;
  const stops = stopsByItself(own);
  const names = [
    optimizer,
    isCustom ? "layerFromConfig" : "standardModel",
    "Sequential",
    loss,
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
    `model.compile({ optimizer, loss: ${loss}()${task === "classes" ? ', metrics: ["accuracy"]' : ""} });`,
    stops && `const callbacks = [earlyStopping({ patience: ${PATIENCE}, restoreBest: true })];`,
    `await model.fit(training, { batchSize: ${batchSize}, epochs: ${epochs}${stops ? ", validationData, callbacks" : ""} });`,
    "console.log(await model.weightsHash());",
    "await model.close();",
  ]
    .filter((line) => line !== false)
    .join("\n");
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
  const { kind = "table", name = "data.csv", testName, table, inputShape } = files?.facts ?? {};
  const parted =
    testName === undefined
      ? `const { training } = splitDataset(whole, ${HELD_OUT}, ${seed});`
      : "const training = whole;";
  const split = testName === undefined ? ["splitDataset"] : [];
  const quoted = JSON.stringify(name);
  const readFile = 'import { readFileSync } from "node:fs";';
  if (kind === "idx")
    return {
      names: ["loadIdxFolder", ...split],
      imports: [],
      lines: ['const whole = (await loadIdxFolder(".")).training;', parted],
    };
  if (kind === "lessons")
    return {
      names: split,
      imports: ['import { readCsv } from "@loam/nn/data/csv";', readFile],
      lines: [
        `const table = readCsv(readFileSync(${quoted}), { name: ${quoted} });`,
        // A table of 784 values a row is taken for pictures.
        `const shape = [table.inputs.shape[0], ${inputShape?.join(", ")}];`,
        "const whole = { ...table, inputs: { ...table.inputs, shape } };",
        parted,
      ],
    };
  if (kind === "pictures")
    return {
      names: ["earlyStopping", "pickSamples"],
      imports: [
        'import { imageFolder } from "@loam/nn/data/images";',
        'import { holdOut } from "@loam/nn/data/table";',
      ],
      lines: [
        `const { training: whole } = await imageFolder(${quoted});`,
        "const labels = whole.labels.data;",
        `const parts = holdOut(labels.length, ${HELD_OUT}, ${seed}, labels);`,
        "const [training, validationData] = [parts.training, parts.held].map((part) => pickSamples(whole, part));",
      ],
    };
  if (kind === "recordings") {
    const folder = `\`${name}/\${label}`;
    return {
      names: ["earlyStopping"],
      imports: [
        'import { readdirSync, readFileSync } from "node:fs";',
        'import { fitRecordings, understandRecordings } from "@loam/nn/data/series";',
        'import { holdOut, readTable } from "@loam/nn/data/table";',
      ],
      lines: [
        "const recordings = [];",
        `for (const label of readdirSync(${quoted}).sort())`,
        `  for (const file of readdirSync(${folder}\`).sort())`,
        `    recordings.push({ label, table: await readTable(readFileSync(${folder}/\${file}\`), { name: file }) });`,
        "const understood = understandRecordings(recordings);",
        "const { classes } = understood;",
        `const parts = holdOut(classes.length, ${HELD_OUT}, ${seed}, classes);`,
        "const fitted = fitRecordings(understood, parts.training);",
        "const [training, validationData] = [parts.training, parts.held].map((part) => fitted.dataset(part));",
      ],
    };
  }
  const { targets: [first = "label", ...more] = [] } = table ?? {};
  const target = JSON.stringify(more.length === 0 ? first : [first, ...more]);
  return {
    names: files ? ["earlyStopping"] : [],
    imports: [
      'import { fitTable, holdOut, readTable, understandTable } from "@loam/nn/data/table";',
      readFile,
    ],
    lines: [
      `const understood = understandTable(await readTable(readFileSync(${quoted})), { target: ${target} });`,
      "const { rows, classes } = understood.task;",
      `const parts = holdOut(rows.length, ${HELD_OUT}, ${seed}, classes);`,
      'const fitted = fitTable(understood, parts.training, "auto");',
      "const [training, validationData] = [parts.training, parts.held].map((part) => fitted.dataset(part));",
    ],
  };
}
