import { describe, expect, test } from "vitest";
import { UsageError } from "./failure.js";
import type { FieldName } from "./fields.js";
import { flagOf, flagReader } from "./flags.js";

function refusal(name: FieldName, text: string): string {
  try {
    flagReader(name)(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error(`${text} was accepted`);
}

test("a setting's flag is its name with hyphens", () => {
  expect(["learningRate", "epochs", "l2", "testData"].map(flagOf)).toEqual([
    "--learning-rate",
    "--epochs",
    "--l2",
    "--test-data",
  ]);
});

describe("flagReader", () => {
  test("reads numbers, names and paths", () => {
    expect(flagReader("epochs")("12")).toBe(12);
    expect(flagReader("learningRate")("1e-3")).toBe(0.001);
    expect(flagReader("dropout")("0")).toBe(0);
    expect(flagReader("optimizer")("adamw")).toBe("adamw");
    expect(flagReader("schedule")("cosine")).toBe("cosine");
    expect(flagReader("threads")("auto")).toBe("auto");
    expect(flagReader("threads")("2")).toBe(2);
  });

  test("reads weights of classes, whatever their names", () => {
    expect(flagReader("classWeight")("balanced")).toBe("balanced");
    expect(flagReader("classWeight")('no=0.5,"a=b, c"=3')).toEqual({ no: 0.5, "a=b, c": 3 });
    expect(flagReader("weight")("3")).toBe("3");
    expect(refusal("classWeight", "yes=much")).toMatchInlineSnapshot(
      `"--class-weight must be balanced, or weights of at least 0 such as yes=5,no=1, got {"yes":"much"}."`,
    );
    expect(refusal("classWeight", "even")).toMatchInlineSnapshot(
      `"--class-weight must be balanced, or weights of at least 0 such as yes=5,no=1, got "even"."`,
    );
  });

  test("a folder may be called 7", () => {
    expect(flagReader("out")("7")).toBe("7");
  });

  test("what is refused is said in one sentence", () => {
    expect(refusal("epochs", "0")).toMatchInlineSnapshot(
      `"--epochs must be an integer of at least 1, got 0."`,
    );
    expect(refusal("seed", "9007199254740992")).toBe(
      "--seed must be an integer from 0 to 9007199254740991, got 9007199254740992.",
    );
    expect(refusal("epochs", "1.5")).toMatchInlineSnapshot(
      `"--epochs must be an integer of at least 1, got 1.5."`,
    );
    expect(refusal("epochs", "0x10")).toMatchInlineSnapshot(
      `"--epochs must be an integer of at least 1, got "0x10"."`,
    );
    expect(refusal("epochs", "")).toMatchInlineSnapshot(
      `"--epochs must be an integer of at least 1, got ""."`,
    );
    expect(refusal("learningRate", "-1")).toMatchInlineSnapshot(
      `"--learning-rate must be a number in (0, ∞), got -1."`,
    );
    expect(refusal("learningRate", "Infinity")).toMatchInlineSnapshot(
      `"--learning-rate must be a number in (0, ∞), got "Infinity"."`,
    );
    expect(refusal("dropout", "1")).toMatchInlineSnapshot(`"--dropout must be a number in [0, 1), got 1."`);
    expect(refusal("optimizer", "adm")).toMatchInlineSnapshot(
      `"--optimizer must be one of sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw, amsgrad, nadam, lion, lamb, got "adm" (did you mean "adam"?)."`,
    );
    expect(refusal("schedule", "0")).toMatchInlineSnapshot(
      `"--schedule must be one of constant, linear, cosine, warmup-cosine, restarts, one-cycle, step, exponential, polynomial, plateau, got 0."`,
    );
    expect(refusal("model", "transformer")).toMatchInlineSnapshot(
      `"--model must be one of softmax, mlp-sigmoid, mlp, table, series, recordings, cnn, lenet, pictures, text, char-gpt, char-lstm, got "transformer"."`,
    );
    expect(refusal("threads", "0")).toMatchInlineSnapshot(
      `"--threads must be an integer from 1 to 64, got 0."`,
    );
    expect(refusal("out", "")).toMatchInlineSnapshot(`"--out must not be empty."`);
  });
});
