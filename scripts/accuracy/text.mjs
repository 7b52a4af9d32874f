// node scripts/text-accuracy.mjs [char-gpt] [char-lstm] [--seeds 1,2,3] [--steps 2000] [--samples]: trains networks on tinyshakespeare and prints what
// they reach on its last tenth. LOAM_DATA names the folder in which text/tinyshakespeare.txt lies.
//
// The recipe: the first nine tenths, 2,000 steps of 12 windows of 64 characters; AdamW, 1e-3 after 100 steps of warm-up and by a cosine to 1e-4,
// β 0.9 and 0.99, decay 0.1 on matrices alone, the gradient's norm clipped at 1, no dropout. The loss is the mean over all windows of the last tenth that do not
// overlap. The seeds are named beforehand, and the median counts.
import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { AdamW, clipByGlobalNorm, cosineDecay, softmaxCrossEntropy, warmup } from "@loam/nn";
import { generate, holdOutTail, textDataset } from "@loam/nn/data/text";
import { charGpt, charLstm } from "@loam/nn/models/text";

const CONTEXT = 64;
const NETWORKS = { "char-gpt": charGpt, "char-lstm": charLstm };

const { values, positionals } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    steps: { type: "string", default: "2000" },
    samples: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(NETWORKS);
const unknown = names.find((name) => !(name in NETWORKS));
if (unknown || !process.env.LOAM_DATA) {
  process.stderr.write(
    unknown
      ? `${unknown}: expected ${Object.keys(NETWORKS).join(" or ")}.\n`
      : "LOAM_DATA must name the folder in which text/tinyshakespeare.txt lies.\n",
  );
  process.exit(unknown ? 2 : 1);
}

const text = await readFile(path.join(process.env.LOAM_DATA, "text/tinyshakespeare.txt"), "utf8");
const { training, held } = holdOutTail(text, 0.1, CONTEXT, "tinyshakespeare");
const windows = textDataset(training, { context: CONTEXT });
const last = textDataset(held, { like: windows.schema });
const steps = Number(values.steps);

for (const name of names) {
  const losses = [];
  for (const seed of values.seeds.split(",").map(Number)) {
    const net = NETWORKS[name]({ vocabulary: windows.schema.input.vocabulary.length, seed });
    const after = cosineDecay({ learningRate: 1e-3, steps: steps - 100, finalLearningRate: 1e-4 });
    net.compile({
      optimizer: new AdamW({
        learningRate: warmup({ steps: 100, after }),
        beta2: 0.99,
        weightDecay: 0.1,
        decayMatricesOnly: true,
        clipping: clipByGlobalNorm(1),
      }),
      loss: softmaxCrossEntropy(),
      metrics: ["accuracy"],
    });
    const { seconds } = await net.fit(windows, { steps, batchSize: 12 });
    const { loss, accuracy } = await net.evaluate(last, { batchSize: 64 });
    losses.push(loss);
    process.stdout.write(
      `${name}, seed ${seed}: ${loss.toFixed(4)} nats, ${(100 * accuracy).toFixed(1)} % right, ${net.parameters} parameters, ${((1000 * seconds) / steps).toFixed(1)} ms a step\n`,
    );
    if (values.samples) process.stdout.write(`${await generate(net, "ROMEO:\n", { length: 300, seed })}\n\n`);
    await net.close();
  }
  losses.sort((a, b) => a - b);
  process.stdout.write(`${name}: median ${losses[Math.floor(losses.length / 2)].toFixed(4)}\n`);
}
