// Settings searched by successive halving, with trainings side by side in processes of this machine.
import { sweep } from "@loam/nn/sweep";
import { processes } from "@loam/nn/sweep/node";

const engine = processes({ module: new URL("./search-objective.mjs", import.meta.url), parallel: 2 });
const used = new Set();
let trainings = 0;

const { best, leaderboard } = await sweep(
  { units: [8, 24, 48], learningRate: { from: 0.0003, to: 0.03, scale: "log" } },
  engine,
  {
    search: "halving",
    trials: 9,
    onTrial({ outcome }) {
      trainings++;
      used.add(outcome.detail.process);
    },
  },
);
await engine.close();

const { units, learningRate } = best.settings;
console.log(`${leaderboard.length} configurations, ${trainings} trainings in ${used.size} processes`);
console.log(
  `the best: ${units} units, learning rate ${learningRate}; loss ${best.value.toFixed(3)} on what was held out`,
);
