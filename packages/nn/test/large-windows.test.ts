import { describe, expect, it } from "vitest";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  Conv1d,
  Conv2d,
  Conv2dTranspose,
  type Layer,
  MaxPool1d,
  MaxPool2d,
  Sequential,
} from "../src/index.js";

/** What a file may ask for as well: without an end it would take hours, or count beyond 32 bits. */
describe("windows beyond all images", () => {
  const LONG = 1_200_000;
  const modelOf = (layer: Layer, inputShape: readonly number[]) =>
    new Sequential([layer], { inputShape, threads: 1 });

  it.each([
    ["kernels", new MaxPool1d({ kernelSize: 2 ** 31, padding: "same" }), [9, 7]],
    ["strides", new MaxPool2d({ kernelSize: 2, stride: 2 ** 31, padding: "same" }), [1, 9, 9]],
    ["dilations", new Conv2d({ filters: 1, kernelSize: 3, dilation: 2 ** 31, padding: "same" }), [1, 9, 9]],
    ["dilations of one place", new Conv2d({ filters: 1, kernelSize: 1, dilation: 1e15 }), [1, 9, 9]],
    [
      "dilations the other way",
      new Conv2dTranspose({ filters: 1, kernelSize: 1, dilation: 1e15 }),
      [1, 9, 9],
    ],
    ["pads", new Conv1d({ filters: 1, kernelSize: 3, padding: 2 ** 31 }), [9, 1]],
  ])("of %s are refused", (_, layer, inputShape) => {
    expect(() => modelOf(layer, inputShape)).toThrow(
      expect.objectContaining({
        code: "window-too-large",
        message: expect.stringMatching(
          /^(Max|Conv)\w+ "\w+": expected a padded side, .* at most 2\^30, got /,
        ),
      }),
    );
  });

  it.each([
    new MaxPool1d({ kernelSize: 4e6, padding: "same" }),
    new MaxPool2d({ kernelSize: 2000, padding: "same" }),
    new AvgPool2d({ kernelSize: [4e6, 1], padding: "same" }),
  ])("are refused where each place would be looked at", async (layer) => {
    const inputShape = layer instanceof MaxPool1d ? [9, 9] : [1, 9, 9];
    await using model = modelOf(layer, inputShape);
    const batch = { data: new Float32Array(81), shape: [1, ...inputShape] };
    await expect(model.predict(batch)).rejects.toMatchObject({ code: "pool2d-window" });
  });

  it("are refused where each is an op of its own", () => {
    expect(() => modelOf(new AdaptiveAvgPool2d({ outputSize: 2 ** 31 }), [1, 5, 5])).toThrow(
      expect.objectContaining({ code: "output-size-too-large" }),
    );
  });

  it("are not those that a long sequence fills", async () => {
    await using model = modelOf(new MaxPool1d({ kernelSize: LONG }), [LONG, 1]);
    const data = Float32Array.from({ length: LONG }, (_, i) => i % 991);
    expect([...(await model.predict({ data, shape: [1, LONG, 1] })).data]).toEqual([990]);
  });
});
