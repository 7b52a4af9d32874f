// Keeps models and checkpoints in IndexedDB, and takes them from there again, for the test to ask.
import { type Dataset, Dense, Sequential } from "@loam/nn";
import { checkpoints } from "@loam/nn/checkpoint";
import { idxSource } from "@loam/nn/data/files";
import { indexedDBStorage } from "@loam/nn/storage/indexeddb";

declare global {
  interface Window {
    readonly storageWorks: Readonly<Record<string, () => Promise<unknown>>>;
  }
}

const storage = indexedDBStorage("test");
const data: Dataset = {
  name: "sums",
  inputs: { data: Float32Array.from({ length: 60 }, (_, i) => Math.abs((i % 7) - 3)), shape: [20, 3] },
  labels: { data: Float32Array.from({ length: 20 }, (_, i) => i % 5), shape: [20, 1] },
  scaling: { kind: "none" },
};
const made = () => {
  const model = new Sequential([new Dense({ units: 1 })], { inputShape: [3], seed: 1, threads: 1 });
  return model.compile({ optimizer: "adam", loss: "meanSquaredError" });
};

Object.assign(window, {
  storageWorks: {
    async keep() {
      const model = made();
      await model.fit(data, { epochs: 2 });
      await storage.save(model, "sums");
      await storage.write("bytes", Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
      return model.weightsHash();
    },
    async find() {
      const model = await storage.load("sums", { threads: 1 });
      return {
        hash: await model.weightsHash(),
        names: await storage.list(),
        bytes: [...(await storage.read("bytes"))!],
      };
    },
    async goOn() {
      const whole = made();
      await whole.fit(data, { epochs: 4 });
      const first = made();
      await first.fit(data, {
        epochs: 2,
        checkpoint: checkpoints({ to: (bytes) => storage.write("run", bytes) }),
      });
      const second = made();
      await second.fit(data, { epochs: 4, checkpoint: checkpoints({ from: (await storage.read("run"))! }) });
      return [await whole.weightsHash(), await second.weightsHash()];
    },
    async forget() {
      await storage.remove("sums");
      const gone = await storage.load("sums").catch(({ code }) => code);
      return [gone, await storage.list()];
    },
    async files() {
      const file = (bytes: number[], name: string) => new File([Uint8Array.from(bytes)], name);
      const head = [0, 0, 8, 2, 0, 0, 0, 20, 0, 0, 0, 3];
      const packed = async (one: File) =>
        new File(
          [await new Response(one.stream().pipeThrough(new CompressionStream("gzip"))).blob()],
          "x.gz",
        );
      const x = file([...head, ...data.inputs.data], "x");
      const y = file([0, 0, 8, 1, 0, 0, 0, 20, ...data.labels.data], "y");
      const hashes = [];
      for (const inputs of [x, await packed(x)]) {
        await using source = await idxSource(inputs, y, { scaling: "none", labels: "values" });
        const model = made();
        await model.fit(source, { epochs: 2 });
        hashes.push(await model.weightsHash());
      }
      return hashes;
    },
  },
});
