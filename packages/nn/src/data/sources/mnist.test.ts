import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadIdxFolder } from "./idx-folder.js";
import { loadMnist } from "./mnist.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loam-mnist-"));
});
afterEach(() => rm(folder, { recursive: true }));

const images = (n: number) =>
  Uint8Array.from([0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 1, 0, 0, 0, 2, ...Array(2 * n).keys()]);
const labels = (...values: number[]) => Uint8Array.from([0, 0, 8, 1, 0, 0, 0, values.length, ...values]);
const put = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes);

/** The message of what `promise` throws, with the folder's name taken out. */
async function failure(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error("nothing thrown"),
    (reason: Error) => reason,
  );
  return `${error.name}: ${error.message.replaceAll(folder, "FOLDER").replace(/127.0.0.1:\d+/g, "HOST")}`;
}

describe("loadIdxFolder", () => {
  it("reads plain and packed files, with a test set or without", async () => {
    await put("train-images-idx3-ubyte", images(2));
    await put("train-labels-idx1-ubyte.gz", gzipSync(labels(4, 9)));
    const alone = await loadIdxFolder(folder);
    expect(alone.test).toBeUndefined();
    expect(alone.training.inputs).toEqual({ data: Uint8Array.of(0, 1, 2, 3), shape: [2, 1, 1, 2] });
    expect(alone.training.labels).toEqual({ data: Uint8Array.of(4, 9), shape: [2] });
    await put("t10k-images.idx3-ubyte", images(1));
    await put("t10k-labels.idx1-ubyte", labels(3));
    expect((await loadIdxFolder(folder)).test?.labels.data).toEqual(Uint8Array.of(3));
  });

  it("says what is missing or wrong", async () => {
    expect(await failure(loadIdxFolder(join(folder, "no")))).toMatchInlineSnapshot(
      `"PlatformError: FOLDER/no: there is no such folder."`,
    );
    expect(await failure(loadIdxFolder(folder))).toMatchInlineSnapshot(
      `"PlatformError: FOLDER: has no train-images-idx3-ubyte (or train-images-idx3-ubyte.gz); name a folder that holds IDX images and labels."`,
    );
    await put("train-images-idx3-ubyte", images(2));
    expect(await failure(loadIdxFolder(folder))).toMatchInlineSnapshot(
      `"PlatformError: FOLDER: has no train-labels-idx1-ubyte (or train-labels-idx1-ubyte.gz); name a folder that holds IDX images and labels."`,
    );
    await put("train-labels-idx1-ubyte", labels(1, 2, 3));
    expect(await failure(loadIdxFolder(folder))).toMatchInlineSnapshot(
      `"DataError: train-images-idx3-ubyte: has inputs for 2 samples, but labels for 3."`,
    );
    await put("train-labels-idx1-ubyte", gzipSync(labels(1, 2)).subarray(0, -9));
    expect(await failure(loadIdxFolder(folder))).toMatchInlineSnapshot(
      `"FormatError: train-labels-idx1-ubyte: the gzip stream ends too early or is damaged; fetch the file again."`,
    );
  });
});

describe("loadMnist", () => {
  it("never fetches when it may not, and names the other ways", async () => {
    expect(await failure(loadMnist({ directory: folder, download: false }))).toMatchInlineSnapshot(
      `"PlatformError: MNIST: FOLDER lacks train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte; give a folder that has the files (--data-dir <folder>, or LOAM_DATA), or train on digits that Loam draws itself (--data digits)."`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it("tells what each mirror did, and leaves nothing behind", async () => {
    const server = createServer((request, response) => {
      if (request.url?.startsWith("/gone/")) response.writeHead(404).end();
      else response.end(gzipSync(images(2)));
    });
    const address = await listen(server);
    const mirrors = [`${address}/gone/`, `${address}/other/`, "http://127.0.0.1:9/"];
    expect(await failure(loadMnist({ directory: folder, mirrors }))).toMatchInlineSnapshot(
      `"PlatformError: MNIST: train-images-idx3-ubyte could not be fetched (http://HOST/gone/train-images-idx3-ubyte.gz: the server answered 404; http://HOST/other/train-images-idx3-ubyte.gz: its checksum is wrong; http://HOST/train-images-idx3-ubyte.gz: it cannot be reached); give a folder that has the files (--data-dir <folder>, or LOAM_DATA), or train on digits that Loam draws itself (--data digits)."`,
    );
    expect(await readdir(folder)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  it("checks the files that a folder has, with a network or without, and writes over none of them", async () => {
    const files = {
      "t10k-images-idx3-ubyte": images(2),
      "t10k-labels-idx1-ubyte.gz": gzipSync(labels(1, 2)),
      "train-images.idx3-ubyte.gz": gzipSync(images(2)),
      "train-labels-idx1-ubyte": labels(4, 9),
    };
    for (const [name, bytes] of Object.entries(files)) await put(name, bytes);
    const { createHash } = await import("node:crypto");
    const found = createHash("sha256").update(images(2)).digest("hex").slice(0, 12);
    for (const options of [{ download: false }, { mirrors: ["http://127.0.0.1:9/"] }])
      expect(await failure(loadMnist({ directory: folder, ...options }))).toBe(
        `FormatError: FOLDER/train-images.idx3-ubyte.gz: does not hold what MNIST's makers published (its SHA-256 begins with ${found}, expected ba891046e650); delete it, and it is fetched anew, or name the folder as data if these are other pictures (--data <folder>).`,
      );
    for (const [name, bytes] of Object.entries(files))
      expect(await readFile(join(folder, name))).toEqual(Buffer.from(bytes));
    expect(await readdir(folder)).toHaveLength(4);
  });

  const data = process.env.LOAM_DATA && join(process.env.LOAM_DATA, "mnist");
  it.skipIf(!data)(
    "reads the real files and fetches what a folder lacks (needs LOAM_DATA, the folder that has them in mnist/)",
    async () => {
      const { training, test } = await loadMnist({ directory: data!, download: false });
      expect([training.inputs.shape, test.inputs.shape]).toEqual([
        [60000, 1, 28, 28],
        [10000, 1, 28, 28],
      ]);
      // The first labels are known from MNIST's own page and every tutorial since.
      expect(Array.from(training.labels.data.subarray(0, 5))).toEqual([5, 0, 4, 1, 9]);
      expect(Array.from(test.labels.data.subarray(0, 5))).toEqual([7, 2, 1, 0, 4]);
      const server = createServer(async (request, response) => {
        response.end(await readFile(join(data!, (request.url ?? "").slice(1))));
      });
      const fetched = await loadMnist({
        directory: join(folder, "cache"),
        mirrors: [`${await listen(server)}/`],
      });
      await new Promise((resolve) => server.close(resolve));
      expect(fetched.training.labels).toEqual(training.labels);
      // A second time it is all there.
      await loadMnist({ directory: join(folder, "cache"), download: false });
      // One label of the last file that is read, of a size that is right.
      const changed = gunzipSync(await readFile(join(data!, "t10k-labels-idx1-ubyte.gz")));
      changed[1000]! ^= 1;
      await writeFile(join(folder, "cache", "t10k-labels-idx1-ubyte.gz"), gzipSync(changed));
      const offline = loadMnist({ directory: join(folder, "cache"), download: false });
      await expect(offline).rejects.toMatchObject({ code: "mnist-changed" });
    },
  );
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
