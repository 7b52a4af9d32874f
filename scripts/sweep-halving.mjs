// What successive halving finds, and what it costs, beside the whole grid: on the first 5,000 pictures of Fashion-MNIST, for three seeds of training.
//   node scripts/sweep-halving.mjs [the folder of its IDX files, /usr/share/datasets/fashion-mnist by default]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

const data = path.resolve(process.argv[2] ?? "/usr/share/datasets/fashion-mnist");
const loam = path.resolve(import.meta.dirname, "../packages/cli/bin/loam.js");
const folder = mkdtempSync(path.join(tmpdir(), "loam-halving-"));
const percent = (share) => `${(100 * share).toFixed(2)} %`;

function search(seed, search) {
  const config = {
    settings: { data, model: "mlp", epochs: 27, limit: 5000, validationSplit: 0.2 },
    space: { learningRate: [0.0001, 0.001, 0.01], batchSize: [16, 64, 256], dropout: [0, 0.25, 0.5] },
    seeds: [seed],
    search,
  };
  const file = path.join(folder, `${search}-${seed}.json`);
  writeFileSync(file, JSON.stringify(config));
  const out = path.join(folder, `${search}-${seed}`);
  execFileSync(process.execPath, [loam, "sweep", file, "--out", out], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  const { leaderboard } = JSON.parse(readFileSync(path.join(out, "leaderboard.json"), "utf8"));
  const { seconds, trained } = JSON.parse(readFileSync(path.join(out, "sweep.json"), "utf8"));
  const steps = leaderboard.reduce((sum, { trials }) => sum + trials[0].steps, 0);
  return { leaderboard, steps, seconds, trained };
}

try {
  const results = [1, 2, 3].map((seed) => {
    const [grid, halving] = [search(seed, "grid"), search(seed, "halving")];
    const values = grid.leaderboard.map(({ value }) => value);
    const found = halving.leaderboard[0];
    const loss = values[0] - found.value;
    const share = halving.steps / grid.steps;
    console.log(
      `seed ${seed}: grid ${percent(values.at(-1))} to ${percent(values[0])} in ${grid.steps} steps; halving ${percent(found.value)} in ${percent(share)} of them, with ${JSON.stringify(found.settings)}; ${grid.seconds.toFixed(0)} s and ${halving.seconds.toFixed(0)} s`,
    );
    return { loss, share };
  });
  const median = (values) => values.toSorted((a, b) => a - b)[1];
  console.log(
    `median: ${percent(median(results.map(({ loss }) => loss)))} behind the grid's best, in ${percent(median(results.map(({ share }) => share)))} of its steps`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
