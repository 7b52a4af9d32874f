import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { operators } from "../../src/onnx/operators/index.js";
import { GraphRunner } from "../support/graph-runner.js";
import { type Outcome, runNodeTest } from "./node-tests.js";

/** Where Debian's libonnx-testdata puts the node tests of ONNX 1.12. */
const ROOT = "/usr/share/libonnx-testdata/data/node";

const outcomes: Outcome[] = [];
let runner: GraphRunner;

beforeAll(async () => {
  runner = await GraphRunner.create();
  for (const name of await readdir(ROOT)) outcomes.push(await runNodeTest(path.join(ROOT, name), runner));
}, 240_000);

afterAll(() => runner.close());

const count = (list: readonly Outcome[], result: Outcome["result"]) =>
  list.filter((outcome) => outcome.result === result).length;

it("fails none of ONNX's node tests", () => {
  expect(outcomes.length).toBeGreaterThan(900);
  expect(outcomes.filter(({ result }) => result === "failed")).toEqual([]);
});

/** Operators that networks of Loam's layers are made of, and their losses. */
const OF_NETWORKS = [
  ...[
    "Conv",
    "ConvTranspose",
    "MaxPool",
    "AveragePool",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "BatchNormalization",
  ],
  ...[
    "LayerNormalization",
    "Gemm",
    "MatMul",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Pow",
    "Sqrt",
    "Exp",
    "Log",
    "Relu",
    "LeakyRelu",
  ],
  ...[
    "Elu",
    "Selu",
    "PRelu",
    "Sigmoid",
    "HardSwish",
    "Tanh",
    "Softplus",
    "Softmax",
    "LogSoftmax",
    "Dropout",
    "Flatten",
  ],
  ...[
    "Reshape",
    "Transpose",
    "Concat",
    "Slice",
    "Pad",
    "Gather",
    "ReduceSum",
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
  ],
  ...["ArgMax", "Where", "Equal", "Greater", "Less", "LSTM", "GRU", "RNN"],
  ...["SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"],
];

interface Row {
  readonly operator: string;
  readonly tests: number;
  readonly passed: number;
  readonly unsupported: number;
  readonly failed: number;
}

function rows(): Row[] {
  return Object.keys(operators)
    .toSorted()
    .map((operator) => {
      const own = outcomes.filter((outcome) => outcome.operator === operator);
      return {
        operator,
        tests: own.length,
        passed: count(own, "passed"),
        unsupported: count(own, "unsupported"),
        failed: count(own, "failed"),
      };
    });
}

it("passes nine of ten for the operators of networks, and half of each", () => {
  const table = rows();
  const own = outcomes.filter(({ operator }) => OF_NETWORKS.includes(operator));
  expect(count(own, "passed") / own.length).toBeGreaterThanOrEqual(0.9);
  for (const name of OF_NETWORKS) {
    const { tests, passed } = table.find(({ operator }) => operator === name)!;
    expect([name, tests > 0 && passed / tests >= 0.5]).toEqual([name, true]);
  }
});

it("is what docs/onnx.md says", async () => {
  const page = new URL("../../../../docs/onnx.md", import.meta.url);
  const text = await readFile(page, "utf8");
  const lines = rows().map(
    ({ operator, passed, unsupported, failed }) =>
      `| \`${operator}\` | ${passed} | ${unsupported} | ${failed} |`,
  );
  const table = ["| operator | passed | unsupported | failed |", "| --- | --- | --- | --- |", ...lines].join(
    "\n",
  );
  const [before, , after] = text.split(/(?<=<!-- conformance -->\n)([\s\S]*?)(?=\n<!-- \/conformance -->)/);
  const wanted = `${before}${table}${after}`;
  // LOAM_WRITE_DOCS=1 npx vitest run --config vitest.system.config.ts conformance
  if (process.env.LOAM_WRITE_DOCS) await writeFile(page, wanted);
  else expect(text).toBe(wanted);
});
