import { describe, expect, it } from "vitest";
import { startWords } from "../scripts/start-words.mjs";

const NOW = new Date("2026-11-23T22:52:02.500Z");
const OUT = "runs/2026-11-23T22-52-02-start";

/** The words after `train`, as one text, and the folder of the hint. */
function started(...given: string[]): [string, string | undefined] {
  const { words, folder } = startWords(given, NOW);
  expect(words[0]).toBe("train");
  return [words.slice(1).join(" "), folder];
}

describe("npm start --", () => {
  it("says what nobody said", () => {
    expect(started()).toEqual([`--model cnn --data digits --epochs 3 --seed 1 --out ${OUT}`, OUT]);
    expect(started("--model", "mlp", "--seed=7")).toEqual([
      `--data digits --epochs 3 --out ${OUT} --model mlp --seed=7`,
      OUT,
    ]);
  });

  it.each([[["--steps", "5"]], [["--steps=5"]]])("takes %j in place of epochs", (given) => {
    expect(started(...given)).toEqual([
      `--model cnn --data digits --seed 1 --out ${OUT} ${given.join(" ")}`,
      OUT,
    ]);
  });

  it("names the folder that the run is in", () => {
    for (const given of [["--out", "x"], ["--out=x"], ["--out=y", "--out", "x"]]) {
      expect(started(...given)).toEqual([
        `--model cnn --data digits --epochs 3 --seed 1 ${given.join(" ")}`,
        "x",
      ]);
    }
  });

  it("leaves a configuration, and a run that goes on, what is theirs", () => {
    expect(started("--config", "net.json")).toEqual(["--config net.json", undefined]);
    expect(started("--config=net.json", "--out=x")).toEqual(["--config=net.json --out=x", "x"]);
    expect(started("--resume", "x", "--threads", "1")).toEqual(["--resume x --threads 1", "x"]);
    expect(started("--resume=x")).toEqual(["--resume=x", "x"]);
  });

  it("has no hint after help", () => {
    expect(started("--help")[1]).toBeUndefined();
    expect(started("-h")[1]).toBeUndefined();
  });
});
