/** The same short training wherever it runs: on a table, with the threads that are there. @returns what tests compare. */
export async function train({ Dense, Sequential, tableDataset }, options = {}) {
  const rows = Array.from({ length: 64 }, (_, i) => ({
    side: (i % 8) / 2,
    kind: i % 3 ? "round" : "flat",
    much: i % 8 > 3 ? "yes" : "no",
  }));
  const table = await tableDataset(rows, { target: "much" });
  const layers = [new Dense({ units: 16, activation: "relu" }), new Dense({ units: 2 })];
  const model = new Sequential(layers, { inputShape: table.inputs.shape.slice(1), seed: 7, ...options });
  model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", metrics: ["accuracy"] });
  await model.fit(table, { epochs: 50, batchSize: 16 });
  const { threads } = await model.ready();
  const { accuracy } = await model.evaluate(table);
  const hash = await model.weightsHash();
  await model.close();
  return { hash, accuracy, threads };
}
