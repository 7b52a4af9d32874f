// Two networks of about equal size that tell tinyshakespeare's next character. LOAM_DATA names the folder in which text/tinyshakespeare.txt lies.
//
// The recipe: the first nine tenths, 2,000 steps of 12 windows of 64 characters; AdamW, 1e-3 after 100 steps of warm-up and by a cosine to 1e-4,
// β 0.9 and 0.99, decay 0.1 on matrices alone, the gradient's norm clipped at 1, no dropout. The loss is the mean over all windows of the last tenth that do not
// overlap.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { AdamW, clipByGlobalNorm, cosineDecay, softmaxCrossEntropy, warmup } from "@loam/nn";
import { generate, holdOutTail, textDataset } from "@loam/nn/data/text";
import { charGpt, charLstm } from "@loam/nn/models/text";

const CONTEXT = 64;
const BATCH = 12;
const STEPS = 2000;
const WARM_UP = 100;

const mark = (name, make) => ({
  name,
  what: () =>
    `\`${name}\` on tinyshakespeare, ${STEPS.toLocaleString("en-US")} steps of ${BATCH} windows of ${CONTEXT} characters; cross-entropy over the last tenth, nats a character`,
  figure: ({ loss }) => loss,
  show: (value) => value.toFixed(4),
  async open({ folder }) {
    const text = await readFile(path.join(folder, "text/tinyshakespeare.txt"), "utf8");
    const { training, held } = holdOutTail(text, 0.1, CONTEXT, "tinyshakespeare");
    const windows = textDataset(training, { context: CONTEXT });
    return {
      steps: STEPS,
      batchSize: BATCH,
      training: () => windows,
      test: textDataset(held, { like: windows.schema }),
      network(seed, options) {
        const net = make({ vocabulary: windows.schema.input.vocabulary.length, seed, ...options });
        const after = cosineDecay({
          learningRate: 1e-3,
          steps: STEPS - WARM_UP,
          finalLearningRate: 1e-4,
        });
        return net.compile({
          optimizer: new AdamW({
            learningRate: warmup({ steps: WARM_UP, after }),
            beta2: 0.99,
            weightDecay: 0.1,
            decayMatricesOnly: true,
            clipping: clipByGlobalNorm(1),
          }),
          loss: softmaxCrossEntropy(),
          metrics: ["accuracy"],
        });
      },
    };
  },
  sample: (net, seed) => generate(net, "ROMEO:\n", { length: 300, seed }),
});

export const text = [mark("char-gpt", charGpt), mark("char-lstm", charLstm)];
