import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Adam } from "../../src/optimizers/index.js";
import * as exported from "../../src/schedules/index.js";
import {
  constantRate,
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  linearDecay,
  oneCycle,
  polynomialDecay,
  type Schedule,
  scheduledValue,
  stepDecay,
  warmup,
} from "../../src/schedules/index.js";
import { scheduleDefinitions } from "../../src/schedules/scheduled-value.js";
import { scheduleCases } from "./members.js";
import { refusal } from "./refusal.js";

const step = fc.integer({ min: 0, max: 10_000 });

it("has every exported schedule on its list, and in the registry", () => {
  const names = Object.keys(exported)
    .filter((name) => name !== "scheduledValue")
    .sort();
  expect(Object.keys(scheduleCases).sort()).toEqual(names);
  expect(Object.keys(scheduleDefinitions).sort()).toEqual(names);
});

describe.each(Object.entries(scheduleCases))("%s", (kind, schedules) => {
  it.each(schedules)("is plain data that an optimizer takes and gives back: %j", (schedule) => {
    expect(schedule.kind).toBe(kind);
    const { learningRate } = new Adam({ learningRate: schedule }).config();
    const again = JSON.parse(JSON.stringify(learningRate)) as Schedule;
    fc.assert(
      fc.property(step, (at) => {
        expect(scheduledValue(again, at)).toBe(scheduledValue(schedule, at));
      }),
    );
  });

  it.each(schedules)("is a finite number of at least 0 at every step: %j", (schedule) => {
    fc.assert(
      fc.property(step, (at) => {
        const value = scheduledValue(schedule, at);
        expect(Number.isFinite(value) && value >= 0).toBe(true);
      }),
    );
  });

  it("refuses an option that it does not have", () => {
    const learningRate = { ...schedules[0]!, gamma: 1 };
    expect(refusal(() => new Adam({ learningRate }))).toMatch(
      new RegExp(
        `^ConfigError unknown-option: Adam: learningRate ${kind}: expected options among .* got "gamma"\\.$`,
      ),
    );
  });
});

describe("schedules are their formulas", () => {
  const near = (got: number, want: number): void => {
    expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-15 + 1e-13 * want);
  };

  it("stepDecay: learningRate · factor^⌊step / every⌋", () => {
    fc.assert(
      fc.property(
        step,
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        (at, every, factor) =>
          near(
            scheduledValue(stepDecay({ learningRate: 0.3, every, factor }), at),
            0.3 * factor ** Math.floor(at / every),
          ),
      ),
    );
  });

  it("cosineDecay: half a wave, then the end", () => {
    const schedule = cosineDecay({ learningRate: 0.3, steps: 1000, finalLearningRate: 0.1 });
    fc.assert(
      fc.property(step, (at) =>
        near(scheduledValue(schedule, at), 0.1 + 0.1 * (1 + Math.cos((Math.PI * Math.min(at, 1000)) / 1000))),
      ),
    );
    expect(scheduledValue(schedule, 0)).toBe(0.3);
  });

  it("linearDecay: a straight line down, then the end", () => {
    const schedule = linearDecay({ learningRate: 0.3, steps: 1000, finalLearningRate: 0.1 });
    fc.assert(
      fc.property(step, (at) => near(scheduledValue(schedule, at), 0.3 - (0.2 * Math.min(at, 1000)) / 1000)),
    );
    const toZero = linearDecay({ learningRate: 0.5, steps: 4 });
    expect([0, 1, 2, 3, 4, 5].map((at) => scheduledValue(toZero, at))).toEqual([
      0.5, 0.375, 0.25, 0.125, 0, 0,
    ]);
  });

  it("exponentialDecay: learningRate · factor^(step / every)", () => {
    fc.assert(
      fc.property(
        step,
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        (at, every, factor) =>
          near(
            scheduledValue(exponentialDecay({ learningRate: 0.3, every, factor }), at),
            0.3 * factor ** (at / every),
          ),
      ),
    );
  });

  it("polynomialDecay: a power of what is left, then the end", () => {
    const schedule = polynomialDecay({ learningRate: 0.3, steps: 1000, finalLearningRate: 0.1, power: 3 });
    fc.assert(
      fc.property(step, (at) =>
        near(scheduledValue(schedule, at), 0.1 + 0.2 * (1 - Math.min(at, 1000) / 1000) ** 3),
      ),
    );
    // Without a power it is linearDecay's line.
    const [line, straight] = [polynomialDecay, linearDecay].map((make) =>
      make({ learningRate: 0.5, steps: 4 }),
    );
    for (const at of [0, 1, 2, 3, 4, 9]) near(scheduledValue(line!, at), scheduledValue(straight!, at));
  });

  it("cosineRestarts: half waves, each longer and lower", () => {
    const schedule = cosineRestarts({ learningRate: 0.4, steps: 10, factor: 0.5, finalLearningRate: 0.1 });
    // Waves begin at 0, 10 and 30, and have 10, 20 and 40 steps.
    const wave = (top: number, s: number, length: number) =>
      0.1 + ((top - 0.1) * (1 + Math.cos((Math.PI * s) / length))) / 2;
    for (let at = 0; at < 10; at++) near(scheduledValue(schedule, at), wave(0.4, at, 10));
    for (let at = 10; at < 30; at++) near(scheduledValue(schedule, at), wave(0.2, at - 10, 20));
    for (let at = 30; at < 70; at++) near(scheduledValue(schedule, at), wave(0.1, at - 30, 40));
    const same = cosineRestarts({ learningRate: 1, steps: 7, growth: 1 });
    for (const at of [0, 3, 6]) near(scheduledValue(same, 7 * 123 + at), scheduledValue(same, at));
  });

  it("oneCycle: up and down along cosines, as PyTorch's", () => {
    // OneCycleLR(max_lr=0.1, total_steps=100): max/25 at 0, max at 29, max/250,000 at 99.
    const schedule = oneCycle({ learningRate: 0.1, steps: 100 });
    const anneal = (from: number, to: number, share: number) =>
      to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
    for (let at = 0; at < 100; at++) {
      const want = at <= 29 ? anneal(0.004, 0.1, at / 29) : anneal(0.1, 4e-7, (at - 29) / 70);
      near(scheduledValue(schedule, at), want);
    }
    expect(scheduledValue(schedule, 29)).toBe(0.1);
    near(scheduledValue(schedule, 5000), 4e-7);
  });

  it("warmup: a straight line, then what comes after, from its own beginning", () => {
    const after = stepDecay({ learningRate: 0.5, every: 2, factor: 0.5 });
    const values = Array.from({ length: 9 }, (_, at) => scheduledValue(warmup({ steps: 4, after }), at));
    // Fifths of 0.5, then 0.5 halved every second step.
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.25, 0.25, 0.125].forEach((want, at) => {
      near(values[at]!, want);
    });
  });

  it("constantRate: a plain number", () => {
    expect([0, 7, 1e6].map((at) => scheduledValue(constantRate(0.2), at))).toEqual([0.2, 0.2, 0.2]);
    expect(scheduledValue(0.2, 5)).toBe(0.2);
  });
});

it("refuses numbers out of their ranges", () => {
  expect([
    refusal(() => constantRate(-1)),
    refusal(() => stepDecay({ learningRate: 0.1, every: 0 })),
    refusal(() => stepDecay({ learningRate: 0.1, every: 5, factor: 1.5 })),
    refusal(() => cosineDecay({ learningRate: 0.1, steps: 2.5 })),
    refusal(() => cosineDecay({ learningRate: 0.1, steps: 5, finalLearningRate: -1 })),
    refusal(() => linearDecay({ learningRate: -0.1, steps: 5 })),
    refusal(() => linearDecay({ learningRate: 0.1, steps: 0 })),
    refusal(() => exponentialDecay({ learningRate: 0.1, every: 5, factor: 0 })),
    refusal(() => polynomialDecay({ learningRate: 0.1, steps: 5, power: 0 })),
    refusal(() => cosineRestarts({ learningRate: 0.1, steps: 5, growth: 1.5 })),
    refusal(() => oneCycle({ learningRate: 0.1, steps: 5, rise: 1 })),
    refusal(() => oneCycle({ learningRate: 0.1, steps: 5, startDivisor: 0.5 })),
    refusal(() => warmup({ steps: -1, after: 0.1 })),
    refusal(() => warmup({ steps: 10, after: { kind: "stepDecay", learningRate: -1, every: 1, factor: 1 } })),
  ]).toMatchInlineSnapshot(`
    [
      "ConfigError learning-rate-out-of-range: constantRate: learningRate must be in [0, ∞), got -1.",
      "ConfigError every-not-positive: stepDecay: every must be an integer of at least 1, got 0.",
      "ConfigError factor-out-of-range: stepDecay: factor must be in (0, 1], got 1.5.",
      "ConfigError steps-not-positive: cosineDecay: steps must be an integer of at least 1, got 2.5.",
      "ConfigError final-learning-rate-out-of-range: cosineDecay: finalLearningRate must be in [0, ∞), got -1.",
      "ConfigError learning-rate-out-of-range: linearDecay: learningRate must be in [0, ∞), got -0.1.",
      "ConfigError steps-not-positive: linearDecay: steps must be an integer of at least 1, got 0.",
      "ConfigError factor-out-of-range: exponentialDecay: factor must be in (0, 1], got 0.",
      "ConfigError power-out-of-range: polynomialDecay: power must be in (0, ∞), got 0.",
      "ConfigError growth-not-positive: cosineRestarts: growth must be an integer of at least 1, got 1.5.",
      "ConfigError rise-out-of-range: oneCycle: rise must be in (0, 1), got 1.",
      "ConfigError start-divisor-out-of-range: oneCycle: startDivisor must be in [1, ∞), got 0.5.",
      "ConfigError steps-not-positive: warmup: steps must be an integer of at least 1, got -1.",
      "ConfigError learning-rate-out-of-range: warmup: after stepDecay: learningRate must be in [0, ∞), got -1.",
    ]
  `);
});
