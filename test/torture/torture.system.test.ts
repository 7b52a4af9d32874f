import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { disturbed, inFolder, undisturbed, WAYS } from "./torture.mjs";

// A training that is killed, stopped, or loses its disk at some of the calls for its files ends in the same bits. At each of them: npm run torture.

/** From one call that is tried to the next, so that the ways together come upon every file and every kind of call. */
const STRIDE = 19;
const NODE_24 = fileURLToPath(new URL("../engines/node_modules/node-24/bin/node", import.meta.url));

type Whole = Awaited<ReturnType<typeof undisturbed>>;

/** What went wrong with each way at each so-many-th call. */
async function wrongIn(root: string, whole: Whole, stride: number): Promise<string[]> {
  const faults = WAYS.flatMap((way, first) =>
    whole.calls.flatMap((call, at) => (at % stride === (first * 3) % stride ? [{ ...way, at, call }] : [])),
  );
  const wrong: string[] = [];
  const work = async () => {
    for (let fault = faults.pop(); fault; fault = faults.pop()) {
      const found = await disturbed(root, whole, fault);
      if (found) wrong.push(`${fault.how} at call ${fault.at}, ${fault.call}: ${found}`);
    }
  };
  await Promise.all([work(), work()]);
  return wrong;
}

it("goes on to the same bits whatever happens at whichever call", async () => {
  await inFolder(async (root) => {
    expect(await wrongIn(root, await undisturbed(root), STRIDE)).toEqual([]);
  });
}, 600_000);

it.skipIf(!existsSync(NODE_24))(
  "does so with the wide binary, whose bits are the narrow one's",
  async () => {
    const loam = fileURLToPath(new URL("../../packages/cli/bin/loam.js", import.meta.url));
    const told = JSON.parse(execFileSync(NODE_24, [loam, "doctor", "--json"], { encoding: "utf8" }));
    const lanes = told.findings.find(({ what }: { what: string }) => what === "256-bit lanes");
    expect(lanes.found).toContain("The wide binary runs");
    await inFolder(async (root) => {
      const [narrow, wide] = [await undisturbed(root), await undisturbed(root, NODE_24)];
      expect(wide.remains).toBe(narrow.remains);
      expect(await wrongIn(root, wide, 3 * STRIDE)).toEqual([]);
    });
  },
  600_000,
);
