import { describe, expect, it } from "vitest";
import { requireKnown } from "./known-name.js";

describe("requireKnown", () => {
  const layers = ["Dense", "Conv2d", "MaxPool2d", "GlobalAvgPool2d", "BatchNorm", "LSTM", "ReLU", "Mish"];
  const losses = ["meanSquaredError", "meanAbsoluteError", "huber", "binaryCrossEntropy"];
  const said = (value: string, known: readonly string[]) => {
    try {
      requireKnown("layer", "type", value, known);
    } catch (error) {
      return (error as Error).message;
    }
    return "known";
  };
  const meant = (value: string, known = layers) => /did you mean "(\w+)"\?$/.exec(said(value, known))?.[1];

  it("tells the nearest name: a slip, another library's name, initials", () => {
    expect(said("Dense", layers)).toBe("known");
    expect(said("dense", layers)).toBe(`layer: type "dense" is not known; did you mean "Dense"?`);
    expect([meant("Dens"), meant("BatchNormalization"), meant("MaxPooling2D"), meant("lstm")]).toEqual([
      ...["Dense", "BatchNorm", "MaxPool2d", "LSTM"],
    ]);
    expect([meant("mse", losses), meant("mae", losses), meant("hubre", losses)]).toEqual([
      ...["meanSquaredError", "meanAbsoluteError", "huber"],
    ]);
  });

  it("names a few where none is near", () => {
    expect(said("Attention", layers)).toBe(
      `layer: type "Attention" is not known; expected one of 8, such as "Dense", "Conv2d", "MaxPool2d".`,
    );
    expect(meant(null as never)).toBeUndefined();
  });
});
