import { expect, it } from "vitest";
import { disturbed, inFolder, undisturbed, WAYS } from "./torture.mjs";

// A training that is killed, stopped, or loses its disk at some of the calls for its files ends in the same bits. At each of them: npm run torture.

/** From one call that is tried to the next, so that the ways together come upon every file and every kind of call. */
const STRIDE = 19;

it("goes on to the same bits whatever happens at whichever call", async () => {
  await inFolder(async (root) => {
    const whole = await undisturbed(root);
    const faults = WAYS.flatMap((way, first) =>
      whole.calls.flatMap((call, at) => (at % STRIDE === first * 3 ? [{ ...way, at, call }] : [])),
    );
    const wrong: string[] = [];
    const work = async () => {
      for (let fault = faults.pop(); fault; fault = faults.pop()) {
        const found = await disturbed(root, whole, fault);
        if (found) wrong.push(`${fault.how} at call ${fault.at}, ${fault.call}: ${found}`);
      }
    };
    await Promise.all([work(), work()]);
    expect(wrong).toEqual([]);
  });
}, 600_000);
