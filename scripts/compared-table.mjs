// The table of docs/measurements.md that has PyTorch's training steps beside ours, from what these two leave, run one after the other on a quiet machine:
//   npm run bench -- compared --precision standard --rounds 50 --out bench/compared-results.json
//   python3 bench/peers/pytorch.py compared 50 > bench/compared-pytorch.jsonl
// and the sentence on a page's fits, from npm run bench -- page --out bench/page-results.json.
import { readFile } from "node:fs/promises";

const THREADS = [1, 2];

/** A file's text in bench/, or undefined where nothing was measured. */
async function resultsIn(name) {
  try {
    return await readFile(new URL(`../bench/${name}`, import.meta.url), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

const milliseconds = (microseconds) => {
  const ms = microseconds / 1000;
  return ms < 1 ? ms.toFixed(3) : ms.toFixed(2);
};

/** @param rows `{ name, threads, minMicrosecondsPerStep }` of both. */
export function comparedRows(ours, theirs) {
  const leastOf = (rows, name, threads) =>
    rows.find((row) => row.name === name && row.threads === threads).minMicrosecondsPerStep;
  return [...new Set(ours.map(({ name }) => name))].map((name) => {
    const [own, other] = [ours, theirs].map((rows) => THREADS.map((count) => leastOf(rows, name, count)));
    const ratio = Math.min(...other) / Math.min(...own);
    return [`\`${name}\``, ...[...own, ...other].map(milliseconds), ratio.toFixed(2)];
  });
}

/** @param table heads, rows → the text of a table. */
export async function comparedText(table) {
  const [own, pytorch, page] = await Promise.all(
    ["compared-results.json", "compared-pytorch.jsonl", "page-results.json"].map(resultsIn),
  );
  const parts = [];
  if (own && pytorch) {
    const { machine, compared } = JSON.parse(own);
    const theirs = pytorch
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    parts.push(
      `The least time of a training step in ms, ${machine.processor}, ${machine.host} and PyTorch ${theirs[0].torch}, ${machine.date.slice(0, 10)}; the ratio is that of the best of one and two threads, above 1 where Loam is faster:`,
      table(
        ["network", "1 thread", "2 threads", "PyTorch, 1 thread", "PyTorch, 2 threads", "PyTorch ÷ Loam"],
        comparedRows(compared, theirs),
      ),
    );
  } else {
    parts.push("Not measured yet; `scripts/compared-table.mjs` says how.");
  }
  if (page) {
    const { machine, page: rows } = JSON.parse(page);
    const each = rows.map(
      ({ name, served, first, least, blocked }) =>
        `- called in the ${name}, ${served === "isolated" ? "with" : "without"} the headers of threads: ${least.toFixed(0)} ms, the first ${first.toFixed(0)} ms; the longest task of the page ${blocked > 50 ? `${blocked.toFixed(0)} ms` : "under 50 ms"}`,
    );
    parts.push(
      `From \`fit\` to its result in a page, 160 epochs on 300 samples of 24 numbers, the least of five new networks after a first one, ${machine.date.slice(0, 10)}:`,
      each.join("\n"),
    );
  }
  return parts.join("\n\n");
}
