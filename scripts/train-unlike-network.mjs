// Trains the small network that says "not like any digit" on the site's pad, chooses its threshold, and prints how often it is right: some
// minutes. It learns digits from MNIST's training pictures, synthetic ones and some drawn as with a finger, and what is none from free curves, from digits turned, mirrored or
// laid over each other, from every second letter of scripts/pad-drawings.mjs and from its first family of shapes. The threshold is that of MNIST's first 5,000 test
// pictures; with --measure the network stays as it is. The figures are those of the last 5,000, of the other letters and of the other family. The pictures of MNIST lie where LOAM_DATA says.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { transformWithOxc } from "vite";
import { buildOrExit } from "./build.mjs";
import { byHand, DIGITS, DOODLES, FIGURES, freeCurves, LETTERS, randomOf } from "./pad-drawings.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const demo = path.join(root, "apps/demo");
const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** The share of digits that the threshold lets through where it is chosen; MNIST's later test pictures are the easier ones. */
const NAMED = 0.975;
const EPOCHS = 10;
const BATCH = 64;

buildOrExit();
const nn = await import("@loam/nn");
/** The page's own: the same drawing gives the same picture, but for the last bit of a browser's smoothing. */
const { fitStrokes, PEN } = await importTypeScript("apps/demo/src/draw/strokes.ts");
/** Other drawings of digits than those that are learned from: those that the tests draw. */
const { SCRIPTED } = await importTypeScript("apps/demo/e2e/scripted-digits.ts");
const padDigits = SCRIPTED.map((strokes) =>
  strokes.map((stroke) => stroke.map(([x, y]) => [x / 100, y / 100])),
);

const { training, test } = await nn.loadMnist({
  directory: path.join(process.env.LOAM_DATA ?? "", "mnist"),
  download: false,
});
const names = Object.keys(LETTERS);
const everySecond = (from) =>
  Object.fromEntries(names.filter((_, i) => i % 2 === from).map((name) => [name, LETTERS[name]]));

const file = path.join(demo, "public/models/unlike.safetensors");
const isTraining = !process.argv.includes("--measure");
const model = isTraining ? await train() : await nn.loadModel(await readFile(file));
const [first, second] = [nn.takeSamples(test, 0, 5000), nn.takeSamples(test, 5000, 10_000)];
const scores = Float64Array.from(await scoresOf(first.inputs)).sort();
const threshold = Math.round(scores[Math.floor(NAMED * scores.length)] * 100) / 100;
const refused = async (pictures) => share(await scoresOf(pictures), (score) => score > threshold);
const card = {
  threshold,
  parameters: model.parameters,
  digitsNamed: 1 - (await refused(second.inputs)),
  syntheticNamed: 1 - (await refused(nn.syntheticDigits({ samples: 2000, seed: 77 }).inputs)),
  padNamed: 1 - (await refused(stack(drawAll(padDigits, 100, 10)))),
  lettersRefused: await refused(stack(drawAll(everySecond(1), 100, 11))),
  shapesRefused: await refused(stack(drawAll(DOODLES, 100, 12))),
};
if (isTraining) await writeFile(file, await nn.saveModel(model));
await writeFile(path.join(demo, "src/draw/unlike-network.json"), `${JSON.stringify(card, null, 2)}\n`);
console.log(card);
for (const [name, set] of Object.entries({ ...padDigits, ...everySecond(1), ...DOODLES })) {
  const rate = await refused(stack(drawAll({ [name]: set }, 100, 13)));
  process.stdout.write(`${name} ${Math.round(100 * rate)}  `);
}
process.stdout.write("\n");
await model.close();

async function train() {
  const known = [
    ...picturesIn(training.inputs.data),
    ...picturesIn(nn.syntheticDigits({ samples: 12_000, seed: 5 }).inputs.data),
    ...drawAll(DIGITS, 600, 6),
  ];
  const unlike = [
    ...drawAll(everySecond(0), 700, 1),
    ...drawAll(FIGURES, 700, 2),
    ...freeCurves(16_000, randomOf(3)).map(draw),
    ...spoiltDigits(training, randomOf(4)),
  ];
  const pictures = stack([...known, ...unlike]);
  const samples = pictures.shape[0];
  const labels = Uint8Array.from({ length: samples }, (_, i) => (i < known.length ? 0 : 1));
  console.log(`${known.length} digits, ${unlike.length} others`);
  const steps = EPOCHS * Math.ceil(samples / BATCH);
  const { Conv2d, ReLU } = nn;
  const convolution = (filters, kernelSize) =>
    new Conv2d({ filters, kernelSize, stride: 2, padding: (kernelSize - 1) / 2 });
  const network = new nn.Sequential(
    [
      ...[convolution(12, 5), new ReLU(), convolution(24, 3), new ReLU(), convolution(32, 3), new ReLU()],
      ...[new nn.Flatten(), new nn.Dropout({ rate: 0.2 })],
      ...[new nn.Dense({ units: 16 }), new ReLU(), new nn.Dense({ units: 2 })],
    ],
    { inputShape: [1, SIDE, SIDE], seed: 1, name: "unlike" },
  );
  network.compile({
    optimizer: new nn.Adam({ learningRate: nn.cosineDecay({ learningRate: 0.0015, steps }) }),
    loss: nn.softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
  await network.fit(
    {
      name: "digits and others",
      inputs: pictures,
      labels: { data: labels, shape: [samples] },
      scaling: nn.byteScaling,
      classNames: ["a digit", "no digit"],
    },
    {
      epochs: EPOCHS,
      batchSize: BATCH,
      classWeight: "balanced",
      onEpochEnd: ({ epoch, loss, accuracy }) =>
        console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}`),
    },
  );
  return network;
}

/** The second output less the first of each picture: log odds of "no digit". */
async function scoresOf(inputs) {
  const { data } = await model.predict(inputs, { batchSize: 500 });
  return Array.from({ length: inputs.shape[0] }, (_, i) => data[2 * i + 1] - data[2 * i]);
}

function share(values, test) {
  return values.filter(test).length / values.length;
}

/** MNIST's pictures as no digit looks: on their side, in a mirror, on their head, or two in one place. */
function* spoiltDigits({ inputs, labels }, random) {
  const pictures = [...picturesIn(inputs.data)];
  const moved = (picture, from) =>
    Uint8Array.from({ length: PIXELS }, (_, i) => picture[from(i % SIDE, Math.floor(i / SIDE))]);
  const last = SIDE - 1;
  for (let i = 0; i + 3 < pictures.length; i += 4) {
    const [a, b, c, d] = labels.data.subarray(i, i + 4);
    if (a !== 0 && a !== 8) {
      const isLeft = random() < 0.5;
      yield moved(pictures[i], (x, y) => (isLeft ? (last - x) * SIDE + y : x * SIDE + last - y));
    }
    if ([3, 4, 9].includes(b)) yield moved(pictures[i + 1], (x, y) => y * SIDE + last - x);
    if ([2, 3, 4, 7].includes(c)) yield moved(pictures[i + 2], (x, y) => (last - y) * SIDE + x);
    if (i % 8 === 0 && a !== d && a !== 1 && d !== 1)
      yield pictures[i].map((value, k) => Math.max(value, pictures[i + 3][k]));
  }
}

function* picturesIn(data) {
  for (let at = 0; at < data.length; at += PIXELS) yield data.subarray(at, at + PIXELS);
}

function stack(pictures) {
  const data = new Uint8Array(pictures.length * PIXELS);
  for (const [i, picture] of pictures.entries()) data.set(picture, i * PIXELS);
  return { data, shape: [pictures.length, 1, SIDE, SIDE] };
}

/** Each drawing of a set by so many hands. */
function drawAll(set, hands, seed) {
  const random = randomOf(seed);
  return Object.values(set).flatMap((strokes) =>
    Array.from({ length: hands }, () => draw(byHand(strokes, random))),
  );
}

/** A drawing as the page's network gets it: brought to one size, inked with the page's pen, and centred. */
function draw(strokes) {
  const side = 140;
  const ink = new Uint8Array(side * side);
  for (const stroke of fitStrokes(strokes)) {
    const points = stroke.map(({ x, y }) => [x * side, y * side]);
    for (let i = 0; i < Math.max(1, points.length - 1); i++)
      inkLine(ink, side, (PEN * side) / 2, points[i], points[Math.min(i + 1, points.length - 1)]);
  }
  return nn.centerDigit(ink, side, side, "drawing");
}

/** A round pen along a line; its edge is as grey as it covers a pixel. */
function inkLine(ink, side, radius, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const within = (value) => Math.min(side - 1, Math.max(0, value));
  const [top, bottom] = [
    within(Math.floor(Math.min(ay, by) - radius - 1)),
    within(Math.ceil(Math.max(ay, by) + radius + 1)),
  ];
  const [left, right] = [
    within(Math.floor(Math.min(ax, bx) - radius - 1)),
    within(Math.ceil(Math.max(ax, bx) + radius + 1)),
  ];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
      const distance = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
      const grey = Math.round(255 * Math.min(1, Math.max(0, radius - distance + 0.5)));
      if (grey > ink[y * side + x]) ink[y * side + x] = grey;
    }
  }
}

/** A module of the site's sources that imports nothing but types. */
async function importTypeScript(file) {
  const { code } = await transformWithOxc(await readFile(path.join(root, file), "utf8"), file);
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}
