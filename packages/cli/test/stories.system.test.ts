import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadMnist } from "@loam/nn";
import { expect, test } from "vitest";
import { loamProcess as loam, temporaryFolder } from "./support.js";

// What people bring, from file to answers, with nothing named but what is to be predicted.

const DATA = process.env.LOAM_DATA;
if (!DATA) process.stderr.write("LOAM_DATA is not set: the stories on real data are skipped.\n");

async function succeed(words: readonly string[], folder: string): Promise<string> {
  const { code, stdout, stderr } = await loam(words, folder);
  expect({ code, fault: stderr.includes("loam:") ? stderr : "" }).toEqual({ code: 0, fault: "" });
  return stdout;
}

test.runIf(DATA)("a table of houses to a table of prices", { timeout: 180_000 }, async (context) => {
  const folder = temporaryFolder(context);
  const [header = "", ...rows] = readFileSync(join(DATA!, "tables", "housing.csv"), "utf8")
    .trimEnd()
    .split("\n");
  const known = rows.filter((_, i) => i % 5 !== 0);
  const held = rows.filter((_, i) => i % 5 === 0).map((row) => row.split(","));
  const target = header.split(",").indexOf("median_house_value");
  const without = (cells: readonly string[]) => cells.filter((_, i) => i !== target).join(",");
  writeFileSync(join(folder, "housing.csv"), `${[header, ...known].join("\n")}\n`);
  writeFileSync(
    join(folder, "new.csv"),
    `${[without(header.split(",")), ...held.map(without)].join("\n")}\n`,
  );

  await succeed(
    ["train", "--data", "housing.csv", "--target", "median_house_value", "--seed", "1", "--out", "houses"],
    folder,
  );
  await succeed(["predict", "houses/model.safetensors", "new.csv", "--csv", "prices.csv"], folder);

  const [name, ...prices] = readFileSync(join(folder, "prices.csv"), "utf8").trimEnd().split("\n");
  expect(name).toBe("median_house_value");
  expect(prices).toHaveLength(held.length);
  const squares = prices.map((price, i) => (Number(price) - Number(held[i]![target])) ** 2);
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  // A linear regression leaves 68,900.
  expect(error).toBeLessThan(56_000);
});

test.runIf(DATA)("Kaggle's two files of digits to a submission", { timeout: 240_000 }, async (context) => {
  const folder = temporaryFolder(context);
  const { training, test: held } = await loadMnist({ directory: join(DATA!, "mnist") });
  const pixels = Array.from({ length: 784 }, (_, i) => `pixel${i}`);
  const rows = ({ inputs }: typeof training, count: number) =>
    Array.from({ length: count }, (_, i) => Array.from(inputs.data.subarray(i * 784, (i + 1) * 784)));
  const labelled = rows(training, 6000).map((row, i) => [training.labels.data[i]!, ...row].join(","));
  writeFileSync(join(folder, "train.csv"), `${[["label", ...pixels].join(","), ...labelled].join("\n")}\n`);
  writeFileSync(
    join(folder, "test.csv"),
    `${[pixels.join(","), ...rows(held, 1000).map((row) => row.join(","))].join("\n")}\n`,
  );

  await succeed(["train", "--data", "train.csv", "--epochs", "4", "--seed", "1", "--out", "digits"], folder);
  await succeed(
    [
      "predict",
      "digits/model.safetensors",
      "test.csv",
      "--csv",
      "submission.csv",
      "--id",
      "ImageId",
      "--as",
      "Label",
    ],
    folder,
  );

  const [header, ...lines] = readFileSync(join(folder, "submission.csv"), "utf8").trimEnd().split("\n");
  expect(header).toBe("ImageId,Label");
  const told = lines.map((line) => line.split(",").map(Number));
  expect(told.map(([id]) => id)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  const right = told.filter(([, label], i) => label === held.labels.data[i]).length;
  expect(right).toBeGreaterThan(950);
});
