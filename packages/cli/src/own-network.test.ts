import { Add, Dense, Input, model, ReLU } from "@loam/nn";
import { describe, expect, it } from "vitest";
import { ownNetwork } from "./own-network.js";

const data = { inputShape: [3], outputs: 2, seed: 5, threads: 1 } as const;

describe("layers of a configuration that say their inputs", () => {
  const LAYERS = [
    { type: "Dense", name: "first", units: 4, activation: "relu" },
    { type: "Dense", name: "second", units: 4 },
    { type: "Add", inputs: ["first", "second"] },
    { type: "ReLU" },
    { type: "Dense" },
  ];

  it("are connected as they say, to the bits of the same graph in a program", async () => {
    const x = new Input({ shape: [3] });
    const first = new Dense({ units: 4, activation: "relu", name: "first" }).apply(x);
    const second = new Dense({ units: 4, name: "second" }).apply(first);
    const sum = new ReLU().apply(new Add().apply([first, second]));
    const same = model({ inputs: x, outputs: new Dense({ units: 2 }).apply(sum), seed: 5, threads: 1 });
    const own = ownNetwork(LAYERS, data);
    const inputs = { data: Float32Array.of(0.5, -1, 2, 3, 0.25, -2), shape: [2, 3] };
    expect(own.outputShape).toEqual([2]);
    expect((await own.predict(inputs)).data).toEqual((await same.predict(inputs)).data);
    await Promise.all([own.close(), same.close()]);
  });

  it.each<[string, object[], string]>([
    [
      "a name that no layer before has",
      [
        { type: "Dense", name: "first", units: 4 },
        { type: "Add", inputs: ["first", "fist"] },
      ],
      'layer 2 of the configuration: no layer before it has the name "fist" (did you mean "first"?); there are input, first.',
    ],
    [
      "what is no name",
      [{ type: "Add", inputs: [3] }],
      "layer 1 of the configuration: inputs must be the name of a layer, or several, got [3].",
    ],
    [
      "a name twice",
      [
        { type: "Dense", name: "a", units: 4 },
        { type: "Dense", name: "a", units: 4, inputs: "input" },
      ],
      'layer 2 of the configuration: "a" is the name of another already.',
    ],
    [
      "a layer that leads nowhere",
      [
        { type: "Dense", units: 4 },
        { type: "Dense", units: 4, inputs: "input" },
      ],
      "layer 1 of the configuration leads to no later one; give it a name, and name it among the inputs of another.",
    ],
  ])("are refused with %s", (_, layers, says) => {
    expect(() => ownNetwork(layers as never, data)).toThrow(says);
  });
});

it("gives a last dense layer without units as many as the data asks for", async () => {
  const own = ownNetwork([{ type: "Dense", units: 7 }, { type: "Dense" }], data);
  expect(own.outputShape).toEqual([2]);
  await own.close();
  expect(() => ownNetwork([{ type: "Dense" }, { type: "Dense", units: 2 }], data)).toThrow(
    "layer 1 of the configuration:",
  );
});
