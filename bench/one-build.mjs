// A process of its own, for pairs.mjs: `node bench/one-build.mjs <checkout> <networks> <rounds>` prints the least microseconds of each network's
// training step and of lenet's inference, as JSON. A checkout's own bench/ knows where its parts lie; how they are timed is this one's.
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { interleaved } from "./measure.mjs";

const [checkout, networks, rounds] = process.argv.slice(2);
const from = (file) => import(pathToFileURL(path.resolve(checkout, file)).href);
const { withEngine } = await from("bench/engines.mjs");
const { trainingCandidate, inferenceCandidate = inferenceAtFirst } = await from("bench/networks.mjs");

/** What `inferenceCandidate` is in checkouts that have none yet, such as e5246c1. */
async function inferenceAtFirst(engine, name, batch) {
  const { standardModel } = await from("packages/nn/dist/index.js");
  const { Network } = await from("packages/nn/dist/model/network.js");
  const { Runtime } = await from("packages/nn/dist/model/runtime.js");
  const { numbers } = await from("bench/engines.mjs");
  const { layers } = standardModel(name, { inputShape: [1, 28, 28], classes: 10 });
  const runtime = await Runtime.create(new Network(layers, [1, 28, 28]), 7, engine, {});
  const { inputs, program } = await runtime.prediction(batch);
  // Builds from before models of several inputs have one address.
  await engine.write([inputs].flat()[0], numbers(batch * 784, 7).map(Math.abs));
  return { candidate: { name, run: (times) => runtime.machine.run(program, times) } };
}

const rows = [];
async function least(name, threads, make) {
  await withEngine({ threads }, async (engine) => {
    const [{ min }] = await interleaved([(await make(engine)).candidate], { rounds: Number(rounds) });
    rows.push({ name, threads, microseconds: min });
  });
}
for (const name of networks.split(","))
  for (const threads of [1, 2])
    await least(`${name} step`, threads, (engine) => trainingCandidate(engine, name));
await least("lenet inference, batch 1", 1, (engine) => inferenceCandidate(engine, "lenet", 1));
process.stdout.write(`${JSON.stringify(rows)}\n`);
