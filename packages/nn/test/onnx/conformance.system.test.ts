import { readdir } from "node:fs/promises";
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

it("passes nine of ten for the operators of networks, and half of each", () => {
  const table = Object.keys(operators).map((operator) => {
    const own = outcomes.filter((outcome) => outcome.operator === operator);
    return {
      operator,
      tests: own.length,
      passed: count(own, "passed"),
      unsupported: count(own, "unsupported"),
    };
  });
  const lines = table.map(
    (row) => `${row.operator.padEnd(28)}${row.passed} passed, ${row.unsupported} unsupported of ${row.tests}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  const own = outcomes.filter(({ operator }) => OF_NETWORKS.includes(operator));
  expect(count(own, "passed") / own.length).toBeGreaterThanOrEqual(0.9);
  for (const name of OF_NETWORKS) {
    const { tests, passed } = table.find(({ operator }) => operator === name)!;
    expect([name, tests > 0 && passed / tests >= 0.5]).toEqual([name, true]);
  }
});
