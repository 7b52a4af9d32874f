import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loam } from "./support.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "loam-recordings-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** A wave that is slow or fast, of any length and beginning. */
function wave(kind: "slow" | "fast", number: number): string[] {
  const speed = kind === "slow" ? 0.2 : 0.9;
  return range(40 + ((number * 11) % 20)).map((i) => {
    const angle = i * speed + number;
    return `${i * 20},${Math.sin(angle).toFixed(3)},${Math.cos(angle).toFixed(3)}`;
  });
}

const HEADER = "ms,x,y";
const kinds = ["slow", "fast"] as const;

describe("recordings", () => {
  test("in a folder by class are told apart, each as a whole", async () => {
    for (const kind of kinds) {
      mkdirSync(join(root, "waves", kind), { recursive: true });
      for (const i of range(10))
        writeFileSync(join(root, "waves", kind, `${i}.csv`), `${[HEADER, ...wave(kind, i)].join("\n")}\n`);
    }
    const words = [
      "train",
      "--data",
      "waves",
      "--seed",
      "1",
      "--threads",
      "1",
      "--epochs",
      "12",
      "--out",
      "run",
    ];
    const { code, stdout, stderr } = await loam([...words, "--json"], root);
    expect({ code, stderr: stderr.includes("loam:") ? stderr : "" }).toEqual({ code: 0, stderr: "" });
    expect(stderr).toContain("recordings 20 of 2 classes (fast, slow); 3 held out whole");
    expect(stderr).toContain('window    40 rows of "x", "y"');
    expect(stderr).toContain("left out  ms (only rises, as a clock does)");
    const result = JSON.parse(stdout);
    expect(result.validationAccuracy).toBe(1);

    const measured = await loam(["evaluate", result.model, "--data", "waves", "--json"], root);
    expect(JSON.parse(measured.stdout).accuracy).toBeGreaterThan(0.95);

    // A longer one than all before, its columns in another order: one answer for all of its windows.
    const long = range(150).map((i) => `${Math.cos(i * 0.9).toFixed(3)},${Math.sin(i * 0.9).toFixed(3)}`);
    writeFileSync(join(root, "new.csv"), `${["y,x", ...long].join("\n")}\n`);
    const told = await loam(["predict", result.model, "new.csv", "--json"], root);
    const { predictions } = JSON.parse(told.stdout);
    expect(predictions).toHaveLength(1);
    expect(predictions[0]).toMatchObject({ input: "new.csv", index: 0, class: "fast" });

    writeFileSync(join(root, "short.csv"), `${[HEADER, ...wave("slow", 1).slice(0, 9)].join("\n")}\n`);
    const short = await loam(["predict", result.model, "short.csv"], root);
    expect(short.code).toBe(1);
    expect(short.stderr).toContain("has 9 rows, but the network looks at 40 at once");
  });

  test("in one table are told apart by the column that names them", async () => {
    const rows = kinds.flatMap((kind) =>
      range(8).flatMap((i) => wave(kind, i).map((row) => `${kind}${i},${row},${kind}`)),
    );
    writeFileSync(join(root, "all.csv"), `${[`who,${HEADER},what`, ...rows].join("\n")}\n`);
    const words = ["train", "--data", "all.csv", "--recording", "who", "--target", "what", "--window", "32"];
    const { code, stdout } = await loam(
      [...words, "--seed", "1", "--epochs", "10", "--out", "one", "--json"],
      root,
    );
    expect(code).toBe(0);
    const { model } = JSON.parse(stdout);
    const predicted = await loam(["predict", model, "all.csv", "--csv", "out.csv"], root);
    expect(predicted.code).toBe(0);
    const lines = readFileSync(join(root, "out.csv"), "utf8").trimEnd().split("\n");
    expect(lines[0]).toBe("who,what");
    expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual(
      kinds.flatMap((kind) => range(8).map((i) => `${kind}${i}`)),
    );
    const right = lines.slice(1).filter((line) =>
      line
        .replace(/\d+,/, ",")
        .split(",")
        .every((one, _, all) => one === all[0]),
    );
    expect(right.length).toBeGreaterThanOrEqual(15);
  });

  test.each([
    [["--data", "waves", "--window", "3d"], "--window of recordings is a number of rows"],
    [["--data", "waves", "--limit", "3"], "--limit does not go with recordings"],
    [["--data", "all.csv", "--recording", "who", "--target", "x"], "all rows of one must say the same class"],
    [["--data", "all.csv", "--recording", "nobody", "--target", "what"], 'has no column "nobody"'],
    [["--data", "waves", "--recording", "who"], "--recording names a column of a table"],
  ])("with %j are refused", async (words, sentence) => {
    const { code, stdout, stderr } = await loam(["train", ...words, "--out", "refused"], root);
    expect([1, 2]).toContain(code);
    expect(stdout).toBe("");
    expect(stderr).toContain(sentence);
  });
});
