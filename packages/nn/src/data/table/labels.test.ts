import { describe, expect, it } from "vitest";
import {
  binaryCrossEntropy,
  Dense,
  decodeSafetensors,
  encodeSafetensors,
  loadModel,
  type MultilabelTask,
  Sequential,
  SGD,
  saveModel,
} from "../../index.js";
import { describeTable } from "./describe-table.js";
import { predictRows } from "./predict-rows.js";
import { parseTable } from "./read-table.js";
import { tableDataset } from "./table-dataset.js";
import { understandTable } from "./understand-table.js";
import { labelledTable } from "./use-table.js";

/** Two numbers, and what is said of them in columns of two words and in one column of several. */
const ROWS = Array.from({ length: 24 }, (_, i) => {
  const [x, y] = [i % 6, (i * 5) % 7];
  return {
    x: x + 0.5,
    y: y + 0.25,
    wide: x > 2 ? 1 : 0,
    tall: y > 3 ? "yes" : "no",
    kind: "abc"[i % 3]!,
    tags: [x > 2 ? "wide" : "", y > 3 ? "tall" : ""].filter((tag) => tag !== "").join("|"),
  };
});
const SAID = Float32Array.from(ROWS.flatMap(({ wide, tall }) => [wide, tall === "yes" ? 1 : 0]));
const text = (rows: readonly object[]) =>
  [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))]
    .map((cells) => cells.join(","))
    .join("\n");
const said = (target: string[], task?: "classification" | "regression" | "multilabel") =>
  understandTable(parseTable(text(ROWS)), { target, ...(task && { task }) });

async function trained(options: Parameters<typeof tableDataset>[1]) {
  const dataset = await tableDataset(ROWS, options);
  const model = new Sequential([new Dense({ units: 2 })], {
    inputShape: dataset.inputs.shape.slice(1),
    seed: 2,
    threads: 1,
  });
  model.compile({ optimizer: new SGD({ learningRate: 0.5 }), loss: binaryCrossEntropy() });
  await model.fit(dataset, { epochs: 20 });
  return { dataset, model };
}

describe("several labels, of which any may hold", () => {
  it("are columns of 0 and 1 or of yes and no", () => {
    const understood = said(["wide", "tall"]);
    expect(understood.task).toMatchObject({ kind: "multilabel", holding: SAID });
    expect(describeTable(understood)[0]).toBe(
      "target    2 labels, of which any may hold (in so many rows: wide 12, tall 10)",
    );
    expect(said(["tall"], "multilabel").task.labels!.labels).toEqual([
      { name: "tall", yes: "yes", no: "no" },
    ]);
  });

  it("or words in one column, parted by a bar; an empty cell says that none holds, and NA nothing", () => {
    const understood = said(["tags"], "multilabel");
    // In the order of their letters.
    const swapped = SAID.map((_, at) => SAID[at ^ 1]!);
    expect(understood.task).toMatchObject({ kind: "multilabel", holding: swapped });
    expect(describeTable(understood)[0]).toContain(
      "tags, 2 labels, of which any may hold (in so many rows: tall 10,",
    );
    const some = parseTable("x,tags\n5,a | b\n1,NA\n9,\n2,b\n");
    const { rows, holding } = understandTable(some, { target: "tags", task: "multilabel" }).task;
    expect([[...rows], [...holding!]]).toEqual([
      [0, 2, 3],
      [1, 1, 0, 0, 0, 1],
    ]);
  });

  it("are neither classes of three words nor numbers, which is said in one sentence", () => {
    const says = (...target: string[]) => expect(() => said(target));
    says("wide", "kind").toThrow(
      'table: several targets must all be numbers, or all be 0 and 1 or yes and no, but "wide", "kind" has classes; train a network for each.',
    );
    says("wide", "x").toThrow(
      'but "wide" has classes; train a network for each, or say that the task is regression.',
    );
    expect(() => said(["wide", "kind"], "multilabel")).toThrow(
      'table: expected a column of 0 and 1, or of yes and no, for each label, but "kind" has other cells.',
    );
    expect(() => said(["kind"], "multilabel")).toThrow(
      'table: expected labels parted by "|" in "kind", but no cell has two; where each row has one, they are classes.',
    );
    const constant = parseTable("x,a,b\n1,0,1\n2,0,0\n3,0,1\n");
    expect(() => understandTable(constant, { target: ["a", "b"], task: "multilabel" })).toThrow(
      'every row has "0" as "a"',
    );
  });

  it("are told each by its own sigmoid, by the library's objects and from a file", async () => {
    const { model: first } = await trained({ target: ["wide", "tall"], drop: ["tags", "kind"] });
    const bytes = await saveModel(first);
    await first.close();
    await using model = await loadModel(bytes);
    const { data } = await model.predict(
      (await tableDataset(ROWS, { target: "wide", drop: ["tags", "kind", "tall"] })).inputs,
    );
    const { rows, notes } = await predictRows(model, ROWS);
    expect(notes).toEqual([]);
    rows.forEach(({ answer, probabilities }, row) => {
      const [wide, tall] = [0, 1].map((i) => 1 / (1 + Math.exp(-data[2 * row + i]!))) as [number, number];
      expect(probabilities!.wide).toBeCloseTo(wide, 6);
      expect(probabilities!.tall).toBeCloseTo(tall, 6);
      expect(answer).toEqual({ wide: wide > 0.5 ? "1" : "0", tall: tall > 0.5 ? "yes" : "no" });
    });
    // The loss that was trained is the mean of −t·log p − (1 − t)·log(1 − p).
    const { dataset } = labelledTable(model, parseTable(text(ROWS)));
    const mean =
      SAID.reduce((sum, t, at) => sum + Math.log(1 + Math.exp(t ? -data[at]! : data[at]!)), 0) / SAID.length;
    expect(dataset.labels).toEqual({ data: SAID, shape: [24, 2] });
    model.compile({ optimizer: new SGD(), loss: binaryCrossEntropy() });
    expect((await model.evaluate(dataset)).loss).toBeCloseTo(mean, 5);
  });

  it("are told as one cell where they stood in one", async () => {
    const { model } = await trained({ target: "tags", task: "multilabel", drop: ["wide", "tall", "kind"] });
    const { rows } = await predictRows(model, ROWS);
    rows.forEach(({ answer, probabilities: { tall, wide } = {} }) => {
      expect(answer.tags).toBe(
        [tall! > 0.5 ? "tall" : "", wide! > 0.5 ? "wide" : ""].filter((tag) => tag !== "").join("|"),
      );
    });
    const strange = parseTable("x,y,tags\n1.5,2.5,tall|steep\n");
    expect(() => labelledTable(model, strange)).toThrow(
      'has the label "steep", but the network was trained on "tall", "wide".',
    );
    await model.close();
  });

  it("are refused where a file does not say what they are, and in other words", async () => {
    const { model } = await trained({ target: ["wide", "tall"], drop: ["tags", "kind"] });
    const odd = parseTable("x,y,wide,tall\n1.5,2.5,1.0,Yes\n1.5,2.5,2,no\n");
    expect(() => labelledTable(model, odd)).toThrow('table: row 3, column "wide": expected 1 or 0, got "2".');
    expect(() => labelledTable(model, parseTable("x,y,wide\n1.5,2.5,1\n"))).toThrow("has no column");
    const { tensors, metadata } = decodeSafetensors(await saveModel(model));
    const task = model.schema!.task as MultilabelTask;
    for (const labels of [[], [{ name: "wide" }], undefined]) {
      const loam = { ...JSON.parse(metadata.loam!), schema: { ...model.schema, task: { ...task, labels } } };
      const file = encodeSafetensors({ tensors, metadata: { ...metadata, loam: JSON.stringify(loam) } });
      await expect(loadModel(file)).rejects.toMatchObject({ code: "schema-invalid" });
    }
    await model.close();
  });
});
