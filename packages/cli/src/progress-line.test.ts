import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  LinePace,
  type ProgressView,
  progressBar,
  progressBarLine,
  progressTextLine,
} from "./progress-line.js";

const view: ProgressView = {
  epoch: 1,
  epochs: 2,
  step: 250,
  steps: 625,
  loss: 0.31204,
  accuracy: 0.9031,
  samplesPerSecond: 12_345.6,
  secondsLeft: 42,
};

describe("progressBar", () => {
  test("fills by eighths of a cell", () => {
    expect(progressBar(0, 4)).toBe("░░░░");
    expect(progressBar(0.5, 4)).toBe("██░░");
    expect(progressBar(1 / 32, 4)).toBe("▏░░░");
    expect(progressBar(31 / 32, 4)).toBe("███▉");
    expect(progressBar(1, 4)).toBe("████");
  });

  test("is always as long as asked for", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 2, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (fraction, cells) => {
          expect(progressBar(fraction, cells)).toHaveLength(cells);
        },
      ),
    );
  });
});

describe("progressBarLine", () => {
  test("shows epoch, bar, share, loss, accuracy, time left and samples per second", () => {
    expect(progressBarLine(view, 120)).toBe(
      "epoch 1/2  ███████████▏░░░░░░░░░░░░░░░░   40 %  loss 0.3120  accuracy 90.3 %  0:42 left  12,346 samples/s",
    );
  });

  test("drops what matters least in a narrow window", () => {
    expect(progressBarLine(view, 80)).toBe(
      "epoch 1/2  ████████░░░░░░░░░░░░   40 %  loss 0.3120  accuracy 90.3 %  0:42 left",
    );
    expect(progressBarLine(view, 40)).toBe("epoch 1/2  ███▏░░░░   40 %  loss 0.3120");
    expect(progressBarLine(view, 20)).toBe("epoch 1/2   40 %");
  });

  test("never reaches the last column", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 625 }), (columns, step) => {
        expect(progressBarLine({ ...view, step }, columns).length).toBeLessThan(columns);
      }),
    );
  });
});

test("a plain line holds the step too", () => {
  expect(progressTextLine(view)).toBe(
    "epoch 1/2  40 %  step 250/625  loss 0.3120  accuracy 90.3 %  0:42 left  12,346 samples/s",
  );
});

test("without an accuracy there is no word of it", () => {
  const { accuracy: _, ...regression } = view;
  expect(progressTextLine(regression)).toBe(
    "epoch 1/2  40 %  step 250/625  loss 0.3120  0:42 left  12,346 samples/s",
  );
});

describe("LinePace", () => {
  test("speaks once per tenth, not twice within a second, and at least every ten seconds", () => {
    const pace = new LinePace(0);
    expect(pace.due(500, 0.5)).toBe(false);
    expect(pace.due(1000, 0.05)).toBe(false);
    expect(pace.due(1100, 0.1)).toBe(true);
    expect(pace.due(2000, 0.4)).toBe(false);
    expect(pace.due(2100, 0.4)).toBe(true);
    expect(pace.due(12_000, 0.41)).toBe(false);
    expect(pace.due(12_100, 0.41)).toBe(true);
  });
});
