import { expect, test } from "vitest";
import { loadTrainingData } from "./load-data.js";

test("signals get in while pictures are drawn and distorted", async () => {
  /** How often something else had its turn meanwhile. */
  const turns = async (augment?: number) => {
    let count = 0;
    let next = setImmediate(function again() {
      count++;
      next = setImmediate(again);
    });
    await loadTrainingData({ kind: "digits" }, { limit: 300, ...(augment !== undefined && { augment }) });
    clearImmediate(next);
    return count;
  };
  const drawing = await turns();
  expect(drawing).toBeGreaterThanOrEqual(3); // 2,000 for the test, in parts of 500
  expect(await turns(2)).toBeGreaterThanOrEqual(drawing + 6); // 2 · 300 copies, in parts of 100
});
