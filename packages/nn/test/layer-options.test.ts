import { expect, it } from "vitest";
import { Layer, type LayerOptions, ops, optionRules, type Tensor } from "../src/index.js";
import { refusal } from "./contracts/refusal.js";

interface DampedOptions extends LayerOptions {
  readonly by?: number;
  readonly steps: number;
}

/** A layer of one's own whose options are stated once. */
class Damped extends Layer {
  readonly type = "Damped";
  declare readonly by: number;
  declare readonly steps: number;

  constructor(options: DampedOptions) {
    super(options);
    this.take<DampedOptions, Damped>(options, {
      by: optionRules.inInterval("(0, 1]", 0.5),
      steps: optionRules.positiveInteger(),
    });
  }

  call(x: Tensor): Tensor {
    return ops.scale(x, this.by / this.steps);
  }
}

it("one list of rules gives a layer its fields, defaults, checks and configuration", () => {
  const damped = new Damped({ steps: 3, name: "it" });
  expect([damped.by, damped.steps]).toEqual([0.5, 3]);
  expect(damped.config()).toEqual({ name: "it", by: 0.5, steps: 3 });
  expect(new Damped(damped.config() as never).config()).toEqual(damped.config());
  expect([
    refusal(() => new Damped({ steps: 1, by: 2 })),
    refusal(() => new Damped({ name: "it" } as never)),
    refusal(() => new Damped({ steps: 1, rate: 2 } as never)),
    refusal(() => new Damped(3 as never)),
  ]).toMatchInlineSnapshot(`
    [
      "ConfigError by-out-of-range: Damped: by must be in (0, 1], got 2.",
      "ConfigError steps-not-positive: Damped "it": steps must be an integer of at least 1, got undefined.",
      "ConfigError unknown-option: Damped: expected options among by, steps, trainable, name, got "rate".",
      "ConfigError options-not-an-object: Damped: expected an object of options, got 3.",
    ]
  `);
});
