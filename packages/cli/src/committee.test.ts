import { Dense, Dropout, ELU, Flatten, type Layer, ReLU, Sequential } from "@loam/nn";
import { describe, expect, test } from "vitest";
import { canJoin, join } from "./committee.js";

const X = { data: Float32Array.from({ length: 5 * 3 }, (_, i) => ((i * 7) % 11) / 5 - 1), shape: [5, 3] };

describe("a committee", () => {
  test.each<[string, () => Layer[]]>([
    [
      "two hidden layers",
      () => [
        new Dense({ units: 4 }),
        new ELU(),
        new Dense({ units: 5 }),
        new ReLU(),
        new Dense({ units: 2 }),
      ],
    ],
    [
      "one hidden layer, dropout and no biases",
      () => [
        new Dense({ units: 4, useBias: false }),
        new ReLU(),
        new Dropout({ rate: 0.5 }),
        new Dense({ units: 1, useBias: false }),
      ],
    ],
    ["no hidden layer", () => [new Dense({ units: 3 })]],
  ])("of %s says the mean of what its networks say", async (_, layers) => {
    const members = [1, 2, 3].map((seed) => new Sequential(layers(), { inputShape: [3], seed, threads: 1 }));
    const said = await Promise.all(members.map(async (member) => (await member.predict(X)).data));
    const joined = await join(members, 1);
    const { data } = await joined.predict(X);
    // A few roundings to float32 of numbers of size 1.
    data.forEach((y, i) => {
      expect(Math.abs(y - said.reduce((sum, one) => sum + one[i]!, 0) / 3)).toBeLessThan(1e-6);
    });
    for (const model of [...members, joined]) await model.close();
  });

  test("is made of dense layers and what treats each number by itself", () => {
    expect(canJoin([new Dense({ units: 4 }), new ELU(), new Dense({ units: 2 })])).toBe(true);
    expect(canJoin([new Flatten(), new Dense({ units: 2 })])).toBe(false);
    expect(canJoin([new Dense({ units: 2 }), new ReLU()])).toBe(false);
  });
});
