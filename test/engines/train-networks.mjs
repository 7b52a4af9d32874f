// What every engine does: it trains the drawn networks on some numbers of threads, whole and interrupted, and tells each one's weights' hash.
import { drawNetworks, makeData, makeModel } from "./random-networks.mjs";

export const NETWORKS = 24;
export const SEED = 20;

/** Trains a drawn network. With `interrupted`, from the checkpoint of its third step, by a model of its own. @returns {Promise<string>} */
async function trained({ nn, checkpoints }, drawn, engine, interrupted) {
  const data = makeData(drawn);
  const { batchSize, epochs } = drawn;
  const fit = async (checkpoint, steps) => {
    const model = makeModel(nn, drawn, { engine });
    try {
      await model.fit(data, {
        batchSize,
        ...(steps ? { steps } : { epochs }),
        checkpoint: checkpoints(checkpoint),
      });
      return await model.weightsHash();
    } finally {
      await model.close();
    }
  };
  if (!interrupted) return await fit({});
  let kept;
  const to = (bytes) => {
    kept = bytes;
  };
  await fit({ to }, 3);
  return await fit({ from: kept });
}

/** Has the engine share every program among its threads, where a model would leave small ones to a single thread. */
function onAllThreads(engine) {
  const run = engine.run.bind(engine);
  engine.run = (address, times, options) => run(address, times, { ...options, threads: engine.threads });
}

/**
 * Trains `numbers` of the drawn networks on each number of threads, interrupted and whole in turn, or both with `all`.
 * @param library `nn`, the module, and `checkpoints`
 * @returns a hash a network, `trainings`: how many there were, `differing`: which of them gave another hash than the network's first, and
 * the last engine's `notes`.
 */
export async function trainNetworks(library, { threads = [1, 2, 3, 4], numbers, all = false }) {
  const drawn = drawNetworks(library.nn, NETWORKS, SEED);
  const chosen = numbers ?? drawn.map(({ number }) => number);
  const hashes = {};
  const differing = [];
  let notes = [];
  let trainings = 0;
  for (const count of threads) {
    const engine = await library.nn.createEngine({ threads: count });
    try {
      if (engine.threads !== count) throw new Error(`asked for ${count} threads: ${engine.notes.join(" ")}`);
      onAllThreads(engine);
      notes = [...engine.notes];
      for (const number of chosen) {
        const turns = (number + count) % 2 === 0 ? [false, true] : [true, false];
        for (const interrupted of all ? turns : turns.slice(1)) {
          const hash = await trained(library, drawn[number], engine, interrupted);
          trainings++;
          hashes[number] ??= hash;
          if (hash !== hashes[number])
            differing.push(`network ${number}, ${count} threads${interrupted ? ", interrupted" : ""}`);
        }
      }
    } finally {
      await engine.close();
    }
  }
  return { hashes, trainings, differing, notes };
}
