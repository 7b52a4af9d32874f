import { expect, it } from "vitest";
import { fuzz } from "./fuzz.mjs";
import { READERS } from "./readers.mjs";

// Damaged files end in a typed error or are read: never a crash, a hang, or memory far beyond the file. More of them: npm run fuzz.

it.each(Object.keys(READERS))("%s reads mutated files within its bounds", async (reader) => {
  const { finds, refused } = await fuzz(reader, { inputs: 2000, seed: 13 });
  expect(finds.map(({ file, index, fault }) => `${file ?? index}: ${fault}`)).toEqual([]);
  expect(refused).toBeGreaterThan(0);
});
