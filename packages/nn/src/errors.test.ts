import { describe, expect, it } from "vitest";
import {
  ConfigError,
  InternalError,
  LoamError,
  ownerLabel,
  requireIn,
  requireNonNegativeInteger,
  requireOneOf,
  requirePositiveInteger,
  showValue,
} from "./errors.js";

/** The error that `run` throws, as `name code: message`. */
function thrown(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof LoamError) return `${error.name} ${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing thrown";
}

describe("errors", () => {
  it("are short, whatever a file holds", () => {
    expect(new ConfigError("code", "x".repeat(5e6)).message).toBe(`${"x".repeat(4000)}...`);
    const deep: unknown = JSON.parse(`${"[".repeat(9000)}${"]".repeat(9000)}`);
    expect(showValue(deep)).toBe("[[[[[...]]]]]");
    expect(showValue(new Array(40).fill([7]))).toBe(`[${"[7], ".repeat(32)}...]`);
    expect(showValue(JSON.parse('{"toString": 1, "valueOf": 1, "constructor": {"name": {}}}'))).toBe(
      "an object",
    );
    expect(showValue(JSON.parse('{"constructor": null}'))).toBe("an object");
  });

  it("carry name, code, details and cause", () => {
    const cause = new RangeError("inner");
    const error = new ConfigError("some-code", "A sentence.", {
      row: 3,
      cause,
    });
    expect(error).toBeInstanceOf(LoamError);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message, error.details.row]).toEqual([
      "ConfigError",
      "some-code",
      "A sentence.",
      3,
    ]);
    expect(error.cause).toBe(cause);
  });

  it("internal errors ask for a report", () => {
    expect(new InternalError("x", "op 7 has no kernel.").message).toMatchInlineSnapshot(
      `"internal: op 7 has no kernel. Please report this."`,
    );
  });

  it("name the owner as the user does", () => {
    expect(ownerLabel("Adam")).toBe("Adam");
    expect(ownerLabel({ className: "Dense", name: "hidden2" })).toBe('Dense "hidden2"');
    expect(ownerLabel({ className: "Dense" })).toBe("Dense");
    expect(ownerLabel(new (class Conv2d {})())).toBe("Conv2d");
  });

  it("show values as they are", () => {
    expect(showValue([1, "a", [-0, null]])).toBe('[1, "a", [-0, null]]');
    expect(showValue("x".repeat(100))).toHaveLength(62);
    expect(showValue(new Float32Array(3))).toBe("Float32Array");
  });
});

describe("requirements", () => {
  it("accept what fits", () => {
    requirePositiveInteger("Dense", "units", 1);
    requireNonNegativeInteger("Conv2d", "padding", 0);
    requireIn("Adam", "beta1", 0, "[0, 1)");
    requireIn("SGD", "learningRate", 1e30, "(0, Infinity)");
    requireOneOf("fit", "verbose", "on", ["on", "off"]);
  });

  it("refuse the rest in one sentence", () => {
    const dense = { className: "Dense", name: "hidden2" };
    const refused = [
      () => requirePositiveInteger(dense, "units", 0),
      () => requirePositiveInteger("Conv2d", "kernelSize", 1.5),
      () => requireNonNegativeInteger("Conv2d", "padding", -1),
      () => requireIn("Adam", "beta1", 1, "[0, 1)"),
      () => requireIn("SGD", "learningRate", Number.NaN, "(0, Infinity)"),
      () => requireIn("SGD", "learningRate", Number.POSITIVE_INFINITY, "(0, Infinity)"),
      () => requireOneOf("load", "precision", "hi", ["standard", "high", "fast"]),
    ];
    expect(refused.map(thrown).join("\n")).toMatchInlineSnapshot(`
			"ConfigError units-not-positive: Dense "hidden2": units must be an integer of at least 1, got 0.
			ConfigError kernel-size-not-positive: Conv2d: kernelSize must be an integer of at least 1, got 1.5.
			ConfigError padding-negative: Conv2d: padding must be an integer of at least 0, got -1.
			ConfigError beta1-out-of-range: Adam: beta1 must be in [0, 1), got 1.
			ConfigError learning-rate-out-of-range: SGD: learningRate must be in (0, ∞), got NaN.
			ConfigError learning-rate-out-of-range: SGD: learningRate must be in (0, ∞), got Infinity.
			ConfigError precision-unknown: load: precision must be one of "standard", "high", "fast", got "hi"."
		`);
  });
});
