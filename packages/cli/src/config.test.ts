import { describe, expect, test } from "vitest";
import { parseConfig } from "./config.js";
import { UsageError } from "./failure.js";
import { fields } from "./fields.js";

function refusal(config: unknown): string {
  try {
    parseConfig(typeof config === "string" ? config : JSON.stringify(config), "net.json");
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the configuration was accepted");
}

describe("parseConfig", () => {
  test("takes every setting", () => {
    const config = {
      data: "digits",
      limit: 100,
      layers: [{ type: "Flatten" }, { type: "Dense", units: 10 }],
      optimizer: "nesterov",
      learningRate: 0.05,
      schedule: "linear",
      epochs: 2,
      batchSize: 16,
      seed: 7,
      threads: "auto",
      precision: "high",
    };
    expect(parseConfig(JSON.stringify(config), "net.json")).toEqual(config);
    expect(parseConfig("{}", "net.json")).toEqual({});
  });

  test("takes a file that begins with a byte order mark", () => {
    expect(parseConfig('\uFEFF{ "epochs": 2 }', "net.json")).toEqual({ epochs: 2 });
  });

  test("says where a value is wrong, and all of it at once", () => {
    expect(refusal({ learningRate: -1, layers: [{ units: 3 }, 4], epochs: 1.5 })).toMatchInlineSnapshot(
      `"net.json: layers[0].type must be a string, got undefined; layers[1] must be an object such as { "type": "Dense", "units": 10 }, got 4; learningRate must be a number in (0, ∞), got -1; epochs must be an integer of at least 1, got 1.5."`,
    );
  });

  test("guesses what a typo meant", () => {
    expect(refusal({ learningrate: 0.1 })).toMatchInlineSnapshot(
      `"net.json: has no setting "learningrate" (did you mean "learningRate"?)."`,
    );
    expect(refusal({ optimizer: "adm" })).toMatchInlineSnapshot(
      `"net.json: optimizer must be one of sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw, amsgrad, nadam, lion, lamb, got "adm" (did you mean "adam"?)."`,
    );
    expect(refusal({ schedule: "cosin" })).toMatchInlineSnapshot(
      `"net.json: schedule must be one of constant, linear, cosine, warmup-cosine, restarts, one-cycle, step, exponential, polynomial, plateau, got "cosin" (did you mean "cosine"?)."`,
    );
    expect(refusal({ lerningRat: 1, colour: "red" })).toMatchInlineSnapshot(
      `"net.json: has no setting "lerningRat" (did you mean "learningRate"?); has no setting "colour"."`,
    );
  });

  test("refuses what is not an object, not JSON, or contradicts itself", () => {
    expect(refusal([])).toMatchInlineSnapshot(`"net.json: must be an object, got []."`);
    expect(refusal("{")).toMatch(/^net\.json: not JSON: .+\.$/);
    expect(refusal("label,a\n0,1\n"), "one line").toMatch(/^net\.json: not JSON: .+\.$/);
    expect(refusal({ model: "cnn", layers: [{ type: "Flatten" }] })).toMatchInlineSnapshot(
      `"net.json: must have model or layers, not both."`,
    );
    expect(refusal({ threads: 65 })).toMatchInlineSnapshot(
      `"net.json: threads must be an integer from 1 to 64, got 65."`,
    );
    expect(refusal({ threads: "many" })).toMatchInlineSnapshot(
      `"net.json: threads must be auto or an integer from 1 to 64, got "many"."`,
    );
    expect(refusal({ seed: 1e300, l2: -0.1, dropout: 1, validationSplit: 0 })).toMatchInlineSnapshot(
      `"net.json: validationSplit must be a number in (0, 1), got 0; dropout must be a number in [0, 1), got 1; l2 must be a number in [0, ∞), got -0.1; seed must be an integer from 0 to 9007199254740991, got 1e+300."`,
    );
  });
});

test("ends in a short sentence, whatever a stranger's file holds, and soon", () => {
  const deep = (open: string, close: string) => `${open.repeat(9000)}1${close.repeat(9000)}`;
  const long = "x".repeat(5_000_000);
  const texts = [
    `{"${long}": 1}`,
    `{${Array.from({ length: 50_000 }, (_, i) => `"k${i}": 1`).join(",")}}`,
    ...[deep("[", "]"), deep('{"a":', "}"), '{"toString": 1, "valueOf": 1}', `"${long}"`].flatMap((value) => [
      value,
      `{"layers": [{"type": ${value}}]}`,
      `{"layers": [{"type": "Dense", "units": ${value}}]}`,
      ...Object.keys(fields).flatMap((name) => [`{"${name}": ${value}}`, `{"${name}": [${value}]}`]),
    ]),
  ];
  for (const text of texts) {
    const began = process.cpuUsage();
    let error: unknown;
    try {
      parseConfig(text, "net.json");
    } catch (thrown) {
      error = thrown;
    }
    const { user } = process.cpuUsage(began);
    const what = text.slice(0, 60);
    if (error !== undefined) {
      expect(error, what).toBeInstanceOf(UsageError);
      expect((error as Error).message.length, what).toBeLessThan(4000);
    }
    expect(user / 1e6, what).toBeLessThan(1);
  }
});
