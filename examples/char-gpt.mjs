// A language model of a few lines: it learns a rhyme by heart, letter by letter, and goes on with what it is given.
import { AdamW, softmaxCrossEntropy } from "@loam/nn";
import { generate, textDataset } from "@loam/nn/data/text";
import { charGpt } from "@loam/nn/models/text";

const rhyme = `twinkle twinkle little star
how i wonder what you are
up above the world so high
like a diamond in the sky
`.repeat(12);

const windows = textDataset(rhyme, { context: 32, stride: 5 });
const vocabulary = windows.schema.input.vocabulary.length;
const model = charGpt({ vocabulary, context: 32, layers: 2, heads: 2, width: 32, seed: 1 });
model.compile({ optimizer: new AdamW({ learningRate: 0.003 }), loss: softmaxCrossEntropy() });
const { epochs } = await model.fit(windows, { epochs: 10, batchSize: 16 });
console.log(`loss ${epochs[0].loss.toFixed(2)} at first, ${epochs.at(-1).loss.toFixed(2)} at the end`);

const prompt = "up above ";
console.log(prompt + (await generate(model, prompt, { length: 60, temperature: 0.5, seed: 1 })));
await model.close();
