// Trains the network that ships with the demo site, on MNIST with distorted copies, as apps/demo/digits.loam.json says: some minutes on
// two cores. Writes the network, in half precision so that pages load half as much, the card of figures that the site tells of it, and the
// paragraph of apps/demo/README.md. The pictures lie where LOAM_DATA says, in it or in mnist below it, or are fetched, as for the command.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildOrExit } from "./build.mjs";
import { inHalfPrecision } from "./half-precision.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const demo = path.join(root, "apps/demo");
const network = path.join(demo, "public/models/digits.safetensors");
const MARKS = ["<!-- shipped network -->", "<!-- /shipped network -->"];

buildOrExit();
const { loadMnist, loadModel } = await import("@loam/nn");
const folder = await mkdtemp(path.join(tmpdir(), "loam-demo-network-"));
try {
  const loam = path.join(root, "packages/cli/bin/loam.js");
  const out = path.join(folder, "run");
  execFileSync(
    process.execPath,
    [loam, "train", "--config", path.join(demo, "digits.loam.json"), "--out", out],
    {
      stdio: "inherit",
    },
  );
  const { configuration } = JSON.parse(await readFile(path.join(out, "run.json"), "utf8"));
  const { training, test } = await findMnist();
  const file = inHalfPrecision(await readFile(path.join(out, "model.safetensors")));
  // The figures are those of the weights that are shipped.
  const model = await loadModel(file);
  model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", metrics: ["accuracy"] });
  const { accuracy } = await model.evaluate(test);
  const card = {
    trainingSamples: training.inputs.shape[0],
    distortedCopies: configuration.augment,
    epochs: configuration.epochs,
    seed: configuration.seed,
    testSamples: test.inputs.shape[0],
    testAccuracy: accuracy,
    parameters: model.parameters,
    bytes: file.length,
    layers: model.layers.map(sizesOf),
    weightsHash: await model.weightsHash(),
  };
  await model.close();
  await writeFile(network, file);
  const cardFile = path.join(demo, "src/draw/shipped-network.json");
  await writeFile(cardFile, `${JSON.stringify(card, null, 2)}\n`);
  execFileSync(process.execPath, [path.join(root, "node_modules/.bin/biome"), "format", "--write", cardFile]);
  await writeParagraph(card);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** What the site tells of a layer. */
function sizesOf(layer) {
  const { kernelSize, filters, units } = layer.config();
  return { type: layer.type, kernelSize, filters, units };
}

/** The pictures that the command has just trained on. */
async function findMnist() {
  const data = process.env.LOAM_DATA;
  const folders = data ? [path.join(data, "mnist"), data] : [path.join(homedir(), ".cache/loam/mnist")];
  let failure;
  for (const directory of folders) {
    try {
      return await loadMnist({ directory, download: false });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function writeParagraph(card) {
  const file = path.join(demo, "README.md");
  const text = await readFile(file, "utf8");
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark));
  if (begin < 0 || end < begin) throw new Error(`apps/demo/README.md lacks ${MARKS.join(" … ")}.`);
  const number = (value) => value.toLocaleString("en");
  const kilobytes = Math.round((await readFile(network)).length / 1000);
  const paragraph = `\`public/models/digits.safetensors\` (${kilobytes} KB, ${number(card.parameters)} parameters) has learnt from MNIST's ${number(card.trainingSamples)} training pictures
and ${card.distortedCopies} distorted copies of each, bent and turned as the synthetic digits are, ${card.epochs} times over. It reads ${(100 * card.testAccuracy).toFixed(2)} % of the ${number(card.testSamples)} test pictures rightly.`;
  await writeFile(file, `${text.slice(0, begin)}${MARKS[0]}\n${paragraph}\n${text.slice(end)}`);
}
