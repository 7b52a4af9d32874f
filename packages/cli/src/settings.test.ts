import { describe, expect, test } from "vitest";
import { networkName, resolveSettings, storedSettings } from "./settings.js";

describe("resolveSettings", () => {
  test("the defaults train the CNN on the synthetic digits for one epoch", () => {
    const { seed, ...rest } = resolveSettings({});
    expect(rest).toEqual({ data: "digits", model: "cnn", epochs: 1, threads: "auto", precision: "standard" });
    expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true);
  });

  test("draws another seed each time, and keeps one that is given, 0 too", () => {
    expect(resolveSettings({}).seed).not.toBe(resolveSettings({}).seed);
    expect(resolveSettings({ seed: 0 }).seed).toBe(0);
  });

  test("a flag wins over the file, the file over the default", () => {
    const settings = resolveSettings({ epochs: 3 }, { epochs: 2, batchSize: 16, model: "mlp", seed: 1 });
    expect(settings).toMatchObject({ epochs: 3, batchSize: 16, model: "mlp", seed: 1 });
  });

  test("--steps is in place of --epochs", () => {
    expect(resolveSettings({ steps: 5 }).epochs).toBeUndefined();
    expect(resolveSettings({ steps: 5 }, { epochs: 2 })).toMatchObject({ steps: 5 });
    expect(resolveSettings({ steps: 5 }, { epochs: 2 }).epochs).toBeUndefined();
    expect(resolveSettings({ epochs: 5 }, { steps: 2 }).steps).toBeUndefined();
    const both = "--steps is in place of --epochs; give one of the two.";
    expect(() => resolveSettings({ steps: 5, epochs: 2 })).toThrow(both);
    expect(() => resolveSettings({}, { steps: 5, epochs: 2 })).toThrow(both);
  });

  test("--model takes the place of the file's layers", () => {
    const layers = [{ type: "Flatten" }];
    expect(networkName(resolveSettings({}, { layers }))).toBe("custom");
    const settings = resolveSettings({ model: "mlp" }, { layers });
    expect(settings.layers).toBeUndefined();
    expect(networkName(settings)).toBe("mlp");
  });

  test("--dropout and --l2 have no place in layers of one's own", () => {
    const layers = [{ type: "Flatten" }];
    expect(() => resolveSettings({ dropout: 0.1 }, { layers })).toThrow(
      "--dropout is for the networks of --model; say it in the configuration's own layers instead.",
    );
    expect(() => resolveSettings({}, { layers, l2: 0.1 })).toThrow("--l2 is for the networks of --model");
  });
});

test("a run's stored settings are taken as they are, whatever its data was", () => {
  const stored = {
    data: "pictures",
    size: [16, 16] as [number, number],
    model: "pictures" as const,
    epochs: 3,
    seed: 1,
  };
  expect(storedSettings(stored, { epochs: 9 })).toEqual({
    ...{ ...stored, epochs: 9 },
    ...{ threads: "auto", precision: "standard" },
  });
  expect(() => resolveSettings({}, stored)).toThrow("--size is for folders of pictures");
});
