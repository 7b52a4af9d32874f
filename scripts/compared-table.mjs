// The tables of docs/measurements.md that have PyTorch's training steps beside ours, of `compared`, `shapes` and `train`, from what these leave, run one after
// the other on a quiet machine, with <part> in turn each of the three:
//   npm run bench -- <part> --precision standard --rounds 9 --out bench/compared/<part>-node20.json
//   LOAM_WIDE=auto <Node 24> scripts/bench.mjs <part> --precision standard --rounds 9 --out bench/compared/<part>-node24.json
//   python3 bench/peers/pytorch.py <part> 9 > bench/compared/<part>-pytorch.jsonl
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

const milliseconds = (ms) => (ms < 0.01 ? ms.toFixed(4) : ms < 1 ? ms.toFixed(3) : ms.toFixed(2));

/** Least milliseconds of a step by network and number of threads. */
function leastOf(rows) {
  const least = new Map();
  for (const { name, threads, precision = "standard", ...row } of rows) {
    if (precision !== "standard") continue;
    const key = `${name} ${threads}`;
    const ms = (row.minMicrosecondsPerStep ?? row.minMicroseconds) / 1000;
    least.set(key, Math.min(ms, least.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return least;
}

/** @returns rows of a table: each network's steps on both Nodes and in PyTorch, and the ratios of the best. */
export function comparedRows(node20, node24, pytorch) {
  const sides = [node20, node24, pytorch].map(leastOf);
  const names = [...new Set(node20.map(({ name }) => name))];
  return names.flatMap((name) => {
    const each = sides.map((least) => THREADS.map((threads) => least.get(`${name} ${threads}`)));
    // What PyTorch does not have is not compared.
    if (each.flat().includes(undefined)) return [];
    const [own, wide, theirs] = each.map((times) => Math.min(...times));
    return [
      [
        `\`${name}\``,
        ...each.flat().map(milliseconds),
        (theirs / own).toFixed(2),
        (theirs / wide).toFixed(2),
      ],
    ];
  });
}

const HEADS = [
  ...["network", "Node 20, 1 thread", "2 threads", "Node 24, wide, 1 thread", "2 threads"],
  ...["PyTorch, 1 thread", "2 threads", "PyTorch ÷ Node 20", "PyTorch ÷ Node 24"],
];

const PARTS = {
  train: "The lessons' networks, of `bench/networks.mjs`:",
  compared: "Networks of other kinds, of `bench/compared-networks.json`:",
  shapes:
    "One convolution behind a 1x1 one (batch, channels→filters, kernel, stride, padding, side), and dense layers (batch; widths), of `bench/shape-networks.json`:",
};

/** @param table heads, rows → the text of a table. */
export async function comparedText(table) {
  const parts = [];
  for (const [part, said] of Object.entries(PARTS)) {
    const [node20, node24, pytorch] = await Promise.all(
      [`${part}-node20.json`, `${part}-node24.json`, `${part}-pytorch.jsonl`].map((name) =>
        resultsIn(`compared/${name}`),
      ),
    );
    if (!node20 || !node24 || !pytorch) continue;
    const [own, wide] = [node20, node24].map((text) => JSON.parse(text));
    const theirs = pytorch
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    if (parts.length === 0) {
      const { processor, host, date } = own.machine;
      parts.push(
        `The least time of a training step in ms, ${processor}, ${host}, ${wide.machine.host} with the wide binary, PyTorch ${theirs[0].torch} with its kernels for AVX-512, ${date.slice(0, 10)}; of what was run twice that day, the least of all, since other guests of the machine come and go. The ratios are those of the best of one and two threads, above 1 where Loam is faster.`,
      );
    }
    parts.push(said, table(HEADS, comparedRows(own[part], wide[part], theirs)));
  }
  if (parts.length === 0) parts.push("Not measured yet; `scripts/compared-table.mjs` says how.");
  const page = await resultsIn("page-results.json");
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
