import { describe, expect, it } from "vitest";
import { Pace } from "../src/threads/pace.js";

/** Runs `slices` slices on a machine where a run costs what `cost` says; gives the threads of those that were no trials. */
function follow(pace: Pace, slices: number, cost: (threads: number) => number): number[] {
  const chosen: number[] = [];
  for (let i = 0; i < slices; i++) {
    const { threads, trial } = pace.next();
    pace.record(threads, cost(threads));
    if (!trial) chosen.push(threads);
  }
  return chosen;
}

describe("Pace", () => {
  it("stays with all threads where they are faster, and looks elsewhere only now and then", () => {
    const chosen = follow(new Pace(4), 320, (threads) => 8 / threads);
    expect(new Set(chosen)).toEqual(new Set([4]));
    expect(chosen.length).toBeGreaterThan(300);
  });

  it("goes to one thread where waiting for each other costs more than it saves, and back when that ends", () => {
    const pace = new Pace(2);
    expect(follow(pace, 64, (threads) => (threads === 1 ? 3 : 20)).slice(1)).not.toContain(2);
    expect(follow(pace, 640, (threads) => (threads === 1 ? 3 : 1.6)).slice(-100)).not.toContain(1);
  });
});
