import { expect, it } from "vitest";
import { stopping } from "./train-members.js";

it("lowers the rate before it gives up, where that is the schedule", () => {
  const names = (settings: object) => stopping(settings as never, true).map(({ name }) => name);
  expect(names({ schedule: "constant" })).toEqual([]);
  expect(names({ schedule: "plateau" })).toEqual(["reduceOnPlateau"]);
  expect(names({ schedule: "plateau", patience: 8 })).toEqual(["reduceOnPlateau", "earlyStopping"]);
});
