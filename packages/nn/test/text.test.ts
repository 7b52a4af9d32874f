import { describe, expect, it } from "vitest";
import { generate, holdOutTail, textDataset, textInputs, wordsOf } from "../src/data/text/index.js";
import { Adam, loadModel, saveModel, softmaxCrossEntropy } from "../src/index.js";
import { charGpt, charLstm, textClassifier } from "../src/model/text-models.js";
import { refusal } from "./contracts/refusal.js";

const RHYME = "one two three four five six seven eight\n".repeat(15);

describe("textDataset of a text", () => {
  it("has windows of characters, and for each what follows it", () => {
    const { inputs, labels, schema } = textDataset("abcabcab", { context: 3 });
    expect(schema.input).toEqual({ kind: "text", unit: "character", vocabulary: ["a", "b", "c"], length: 3 });
    expect([inputs.shape, [...inputs.data]]).toEqual([
      [2, 3],
      [0, 1, 2, 0, 1, 2],
    ]);
    expect([labels.shape, [...labels.data]]).toEqual([
      [2, 3],
      [1, 2, 0, 1, 2, 0],
    ]);
    expect([...textDataset("abcabcab", { context: 3, stride: 2 }).inputs.data]).toEqual([
      0, 1, 2, 2, 0, 1, 1, 2, 0,
    ]);
  });

  it("reads every line's end alike, and characters beyond 16 bits as one", () => {
    const { inputs, schema } = textDataset("\uFEFFa\r\n😀\rb\n", { context: 5 });
    expect(schema.input.vocabulary).toEqual(["\n", "a", "b", "😀"]);
    expect([...inputs.data]).toEqual([1, 0, 3, 0, 2]);
  });

  it("takes the vocabulary of what was trained on, and leaves out what that lacks", () => {
    const book = textDataset("abab", { context: 2 });
    const other = textDataset("azbab", { like: book.schema });
    expect(other.schema).toEqual(book.schema);
    expect([...other.inputs.data]).toEqual([0, 1]);
    expect([...other.labels.data]).toEqual([1, 0]);
  });

  it("has ids that are no bytes where there are more characters than those tell apart", () => {
    const text = Array.from({ length: 400 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
    const { inputs, labels } = textDataset(text, { context: 399 });
    expect([inputs.data.constructor, labels.data.constructor]).toEqual([Float32Array, Uint32Array]);
    expect([inputs.data[300], labels.data[300]]).toEqual([300, 301]);
  });

  it("may be held out at its end", () => {
    expect(holdOutTail("abcdefghij", 0.3, 2)).toEqual({ training: "abcdefg", held: "hij" });
    expect(refusal(() => holdOutTail("abcdefghij", 0.1, 2))).toMatchInlineSnapshot(
      `"DataError text-too-short: text: has 10 characters, of which 1 are held out, and windows need 3 on both sides; give a longer text or a shorter context."`,
    );
  });
});

describe("textDataset of texts with labels", () => {
  const mails = [
    { text: "WIN a prize, win now!", label: "spam" },
    { text: "See you at six", label: "ham" },
    { text: "", label: "ham" },
  ];

  it("has the ids of words, 0 behind the end and 1 for a word that was not seen", () => {
    const { inputs, labels, classNames, schema } = textDataset(mails, { length: 6 });
    const vocabulary = ["!", "a", "at", "now", "prize", "see", "six", "win", "you"];
    expect(schema).toEqual({
      task: { kind: "classification" },
      input: { kind: "text", unit: "word", vocabulary, length: 6 },
    });
    expect([classNames, [...labels.data]]).toEqual([
      ["ham", "spam"],
      [1, 0, 0],
    ]);
    expect([inputs.shape, [...inputs.data]]).toEqual([
      [3, 6],
      [9, 3, 6, 9, 5, 2, 7, 10, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
    expect([...textInputs({ schema }, ["You win seven"]).data]).toEqual([10, 9, 1, 0, 0, 0]);
    const later = textDataset([{ text: "prize", label: "spam" }], { like: schema, classNames: classNames! });
    expect([...later.labels.data, ...later.inputs.data]).toEqual([1, 6, 0, 0, 0, 0, 0]);
  });

  it("keeps the words that most texts have", () => {
    const { schema } = textDataset([...mails, { text: "win six", label: "ham" }], { words: 2 });
    expect(schema.input.vocabulary).toEqual(["six", "win"]);
    expect(schema.input.length).toBe(6);
  });

  it("parts words as its documentation says", () => {
    expect(wordsOf("Don't panic — it’s 2nd-rate, ÉTÉ_2026! 日本語 ok?")).toEqual([
      ...["don't", "panic", "it’s", "2nd", "rate", "été", "2026", "!", "日", "本", "語", "ok", "?"],
    ]);
  });

  it("refuses what it cannot be made of", () => {
    const book = textDataset(RHYME);
    expect([
      refusal(() => textDataset("abc")),
      refusal(() => textDataset([])),
      refusal(() => textDataset("abc", { context: 0 })),
      refusal(() => textDataset(RHYME, { lenght: 3 } as never)),
      refusal(() => textDataset(mails, { classNames: ["ham"] })),
      refusal(() => textDataset(mails, { like: book.schema })),
      refusal(() => textInputs({ schema: undefined }, ["a"])),
    ]).toMatchInlineSnapshot(`
      [
        "DataError text-too-short: text: expected at least 65 characters for a window of 64, got 3; give a longer text or a shorter context.",
        "DataError no-samples: texts: expected a text or texts with labels, got [].",
        "ConfigError context-not-positive: textDataset: context must be an integer of at least 1, got 0.",
        "ConfigError unknown-option: textDataset: expected options among context, stride, like, name, got "lenght".",
        "DataError label-unknown: texts: the label of text 1 is "spam", which is not among the classes that were trained on: ham.",
        "ConfigError not-for-text: expected a model or data of words of text, got one of characters.",
        "ConfigError not-for-text: expected a model or data of words of text, got none that knows its data.",
      ]
    `);
  });
});

describe("the standard networks for text", () => {
  it("are as large as they are said to be", () => {
    // 65·128 + 64·128 + 4·(4·128² + 8·128² + 4·128) + 2·128
    expect(charGpt({ vocabulary: 65 }).parameters).toBe(805_248);
    // 65·128 + (128 + 376 + 1)·4·376 + (376 + 1)·65
    expect(charLstm({ vocabulary: 65 }).parameters).toBe(792_345);
    const gpt = charGpt({ vocabulary: 65, context: 32, layers: 1, heads: 2, width: 8 });
    expect([gpt.inputShape, gpt.outputShape]).toEqual([[32], [32, 65]]);
  });

  it("begin as their paper has it", async () => {
    await using gpt = charGpt({ vocabulary: 65, layers: 2, width: 64, seed: 1, threads: 1 });
    const deviation = (data: Float32Array) =>
      Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
    for (const { name, shape, data } of await gpt.getWeights()) {
      if (shape.length === 1) continue;
      const ending = /outputKernel/.test(name) || shape[0] === 256;
      expect(deviation(data) / (ending ? 0.02 / Math.sqrt(4) : 0.02), name).toBeCloseTo(1, 1);
    }
    await using lstm = charLstm({ vocabulary: 65, units: 8, seed: 1, threads: 1 });
    const [table] = await lstm.getWeights();
    expect([table!.shape, deviation(table!.data).toFixed(1)]).toEqual([[65, 128], "1.0"]);
  });

  it.each([
    ["char-gpt", charGpt, 250, { layers: 1, heads: 2, width: 32 }],
    ["char-lstm", charLstm, 120, { width: 12, units: 24 }],
  ] as const)(
    "%s learns a rhyme, says it, and does so from its file and on any number of threads",
    async (_, make, steps, size) => {
      const book = textDataset(RHYME, { context: 8, stride: 1 });
      const vocabulary = book.schema.input.vocabulary.length;
      const trained = async (threads: number) => {
        const net = make({ vocabulary, context: 8, seed: 2, threads, ...size } as never);
        net.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: softmaxCrossEntropy() });
        await net.fit(book, { steps, batchSize: 16 });
        return net;
      };
      await using net = await trained(1);
      await using other = await trained(2);
      expect(await other.weightsHash()).toBe(await net.weightsHash());
      const text = await generate(net, "two three ", { length: 30, temperature: 0 });
      expect(text).toBe("four five six seven eight\none ");
      const options = { length: 40, temperature: 1.5, seed: 5, topK: 8 };
      const drawn = await generate(net, "ZZthe", options);
      expect(drawn).toHaveLength(40);
      expect(await generate(other, "the", options)).toBe(drawn);
      expect(await generate(net, "the", { ...options, seed: 6 })).not.toBe(drawn);
      await using again = await loadModel(await saveModel(net), { threads: 1 });
      const heard: string[] = [];
      expect(await generate(again, "the", { ...options, onText: (piece) => heard.push(piece) })).toBe(drawn);
      expect(heard.join("")).toBe(drawn);
    },
  );

  it("text tells texts apart by their words, wherever these stand", async () => {
    const kinds = { fruit: ["apple", "pear", "plum", "fig"], tools: ["saw", "axe", "drill", "file"] };
    const texts = Array.from({ length: 80 }, (_, i) => {
      const label = i % 2 === 0 ? "fruit" : "tools";
      const word = kinds[label][(i >> 1) % 4]!;
      return { label, text: ["this", "is", word, "and more"].slice(i % 3 === 0 ? 2 : 0).join(" ") };
    });
    const data = textDataset(texts);
    const { vocabulary, length } = data.schema.input;
    await using net = textClassifier({
      ...{ vocabulary: vocabulary.length + 2, length, classes: 2, width: 8, seed: 1, threads: 1 },
    }).compile({
      optimizer: new Adam({ learningRate: 0.02 }),
      loss: softmaxCrossEntropy(),
      metrics: ["accuracy"],
    });
    await net.fit(data, { epochs: 15, batchSize: 16 });
    expect((await net.evaluate(data)).accuracy).toBe(1);
    const { labels } = await net.classify(textInputs(net, ["there was a pear", "drill"]));
    expect([...labels].map((label) => net.classNames![label])).toEqual(["fruit", "tools"]);
  });

  it("refuse options, and models to write with, that do not fit", async () => {
    await using net = charGpt({ vocabulary: 3, context: 4, layers: 1, heads: 1, width: 4, threads: 1 });
    const writing = (options: object) =>
      generate(net, "a", options).catch((error) => `${error.code}: ${error.message}`);
    expect([
      refusal(() => charGpt({ vocabulary: 65, heads: 3 })),
      refusal(() => charGpt({ vocabulary: 0 })),
      refusal(() => charLstm({ vocabulary: 65, dropout: 1 })),
      refusal(() => textClassifier({ vocabulary: 9, length: 3, classes: 2, depth: 1 } as never)),
      await writing({}),
      await writing({ temperature: -1 }),
      await writing({ topK: 0 }),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError heads-do-not-divide: charGpt: heads must divide width, got 3 and 128.",
        "ConfigError vocabulary-not-positive: charGpt: vocabulary must be an integer of at least 1, got 0.",
        "ConfigError dropout-out-of-range: charLstm: dropout must be in [0, 1), got 1.",
        "ConfigError unknown-option: textClassifier: expected options among vocabulary, length, classes, width, dropout, name, seed, engine, threads, precision, wide, maximumBytes, workerUrl, got "depth".",
        "not-for-text: expected a model or data of characters of text, got none that knows its data.",
        "temperature-out-of-range: generate: temperature must be in [0, ∞), got -1.",
        "top-k-not-positive: generate: topK must be an integer of at least 1, got 0.",
      ]
    `);
  });
});
