import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loam, loamProcess } from "./support.js";

let root: string;
const EVIL = "<script>alert(1)</script>";
const HOW = ["--epochs", "12", "--seed", "1", "--members", "1"];

/** The class follows `a` alone, but for every tenth row; columns and classes have names that are not to become HTML. */
const ROWS = Array.from({ length: 80 }, (_, i) => [
  i % 10 === 3 ? "plain" : i % 2 ? EVIL : "plain",
  (i % 2) * 4 + (i % 3),
  (i * 7) % 5,
]);

async function output(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await loam(words, root);
  expect(stderr).not.toContain("loam:");
  expect(code).toBe(0);
  return stdout;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "loam-report-"));
  const lines = ["kind,a,<img src=x onerror=alert(2)>", ...ROWS.map((row) => row.join(","))];
  writeFileSync(join(root, "rows.csv"), lines.join("\n"));
  await output("train", "--data", "rows.csv", "--target", "kind", ...HOW, "--out", "words");
  const digits = ["--limit", "500", "--model", "softmax", "--epochs", "2", "--seed", "1"];
  await output("train", ...digits, "--out", "digits");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Nothing is asked for, nothing runs, and nothing of the data is taken for HTML. */
function requireSelfContained(page: string): void {
  expect(page).not.toMatch(/<script|<link|<iframe|onerror=alert\(2\)>|url\(|@import|https?:/i);
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]*)"/g))
    expect(address).toMatch(/^data:image\/png;base64,/);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
}

test("a table's report holds figures, curves, mistakes and columns", async () => {
  const { report, accuracy, importances } = JSON.parse(await output("report", "words", "--json"));
  expect(report).toBe(join("words", "report.html"));
  const page = readFileSync(join(root, report), "utf8");
  requireSelfContained(page);
  const { result } = JSON.parse(readFileSync(join(root, "words", "run.json"), "utf8"));
  expect(accuracy).toBe(result.validationAccuracy);
  // What decides the class matters most.
  expect(importances[0].column).toBe("a");
  expect(importances[0].loss).toBeGreaterThan(0.2);
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  for (const title of [
    "How training went",
    "What is taken for what",
    "Worst mistakes",
    "Which columns matter",
  ])
    expect(page).toContain(`<h2>${title}</h2>`);
  expect(page).toContain(result.weightsHash);
});

test("the command in it gives the same weights", async () => {
  const page = readFileSync(join(root, "words", "report.html"), "utf8");
  const command = /<pre>loam (train [^<]*)<\/pre>/.exec(page)![1]!;
  const again = JSON.parse(await output(...command.split(" "), "--out", "again", "--json"));
  expect(page).toContain(again.weightsHash);
});

test("a series stands beside forecasts without a network, in its unit and by its dates", async () => {
  const date = (day: number) => new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
  const sales = (day: number) => ((day * 7) % 5) + 100 + day;
  const lines = Array.from({ length: 150 }, (_, day) => `${date(day)},${sales(day)}`);
  writeFileSync(join(root, "sales.csv"), ["Day,Sales", ...lines].join("\n"));
  const how = ["--target", "Sales", "--horizon", "3d", "--window", "5d", "--members", "1", "--epochs", "2"];
  await output("train", "--data", "sales.csv", ...how, "--seed", "1", "--out", "series");
  await output("report", "series");
  const page = readFileSync(join(root, "series", "report.html"), "utf8");
  requireSelfContained(page);
  const rules = [
    .../<h2>Beside forecasts[\s\S]*?<\/table>/.exec(page)![0].matchAll(/<th scope="row">([^<]*)/g),
  ];
  expect(rules.map(([, rule]) => rule).slice(0, 2)).toEqual(["the network", "the last value"]);
  const mistakes = /<h2>Worst mistakes[\s\S]*?<\/table>/.exec(page)![0];
  const rows = [...mistakes.matchAll(/<tr><td>([\d.]+)<[\s\S]*?<td>(2024-[\d-]+)<\/td><td>(2024-[\d-]+)</g)];
  expect(rows.length).toBe(12);
  for (const [, right, of, made] of rows) {
    const day = (Date.parse(of!) - Date.parse("2024-01-01")) / 86_400_000;
    expect(Number(right)).toBe(sales(day));
    expect(made).toBe(date(day - 3));
  }
});

test("mistakes in pictures are shown as pictures", async () => {
  const file = (await output("report", "digits", "--out", "digits.html")).trim();
  expect(file).toBe("digits.html");
  const page = readFileSync(join(root, file), "utf8");
  requireSelfContained(page);
  expect(page.match(/<img src="data:image\/png;base64,/g)!.length).toBe(24);
  expect(page).not.toContain("Which columns matter");
});

test("mistakes in texts are shown as their words", async () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `word${i % 9} of the is <b>${i % 7},${i % 2 ? "odd" : "even"}`,
  );
  writeFileSync(join(root, "texts.csv"), ["note,kind", ...rows].join("\n"));
  const how = ["--text-column", "note", "--target", "kind", "--epochs", "1", "--seed", "1"];
  await output("train", "--data", "texts.csv", ...how, "--out", "texts");
  await output("report", "texts");
  const page = readFileSync(join(root, "texts", "report.html"), "utf8");
  requireSelfContained(page);
  const mistakes = /<h2>Worst mistakes[\s\S]*?<\/table>/.exec(page)![0];
  expect(mistakes).toContain('<th scope="col">text</th>');
  expect(mistakes).toMatch(/<td class="text">word\d of the is b \d<\/td>/);
  expect(page).toContain("<dt>target</dt><dd>kind</dd>");
});

test("without its data it tells what the folder knows", async () => {
  renameSync(join(root, "rows.csv"), join(root, "gone.csv"));
  const { code, stdout, stderr } = await loam(["report", "words", "--out", "bare.html"], root);
  renameSync(join(root, "gone.csv"), join(root, "rows.csv"));
  expect([code, stdout]).toEqual([0, "bare.html\n"]);
  expect(stderr).toMatch(/^noticed {3}the data could not be read again, .*rows\.csv: there is no such file/);
  const page = readFileSync(join(root, "bare.html"), "utf8");
  expect(page).toContain("How training went");
  expect(page).not.toContain("Worst mistakes");
});

test("a folder that holds no finished run is refused", async () => {
  expect(await loam(["report", "nowhere"], root)).toEqual({
    code: 1,
    stdout: "",
    stderr: `loam: ${join("nowhere", "run.json")}: there is no such file or folder.\n`,
  });
  writeFileSync(join(root, "run.json"), "{}");
  expect((await loam(["report", "."], root)).stderr).toBe(
    "loam: run.json: is damaged, or not of a run of Loam.\n",
  );
});

test("a run on a table from stdin has a report that waits for nothing", async () => {
  const words = ["train", "--data", "-", "--target", "kind", ...HOW, "--out", "piped"];
  const table = readFileSync(join(root, "rows.csv"), "utf8");
  expect((await loamProcess(words, root, {}, table)).code).toBe(0);
  const { code, stderr } = await loam(["report", "piped"], root);
  expect(code).toBe(0);
  expect(stderr).toContain("it came from stdin, which says it once; train on a file to see its rows here.");
});
