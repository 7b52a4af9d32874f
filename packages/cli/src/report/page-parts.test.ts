import { inflateSync } from "node:zlib";
import { decodePicture } from "@loam/nn/data/images";
import { expect, test } from "vitest";
import { curves } from "./curves.js";
import { html } from "./html.js";
import { encodePng } from "./png.js";
import { repeatCommand } from "./repeat-command.js";
import { scatter } from "./scatter.js";
import { ticksOf } from "./ticks.js";

test("what is put into HTML is text, in lists and attributes too", () => {
  const name = `<b title="x">&'`;
  expect(html`<p title="${name}">${[name, 1]}${undefined}${html`<i>${"\x1b[31m"}</i>`}</p>`.text).toBe(
    '<p title="&lt;b title=&quot;x&quot;&gt;&amp;&#39;">&lt;b title=&quot;x&quot;&gt;&amp;&#39;1<i>\ufffd[31m</i></p>',
  );
});

test.each([1, 3] as const)("a PNG of %i channels is read back as it was", (channels) => {
  const [height, width] = [3, 5];
  const data = Uint8Array.from({ length: channels * height * width }, (_, i) => (i * 37) % 256);
  const png = encodePng({ data, channels, height, width });
  const read = decodePicture(new Uint8Array(png), "made.png");
  expect([read.height, read.width]).toEqual([height, width]);
  // The file holds a filter byte a row, then the channels of one pixel after the other.
  const at = png.indexOf("IDAT", 0, "latin1") + 4;
  const rows = inflateSync(png.subarray(at, at + png.readUInt32BE(at - 8)));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        expect(rows[y * (width * channels + 1) + 1 + x * channels + c]).toBe(
          data[(c * height + y) * width + x],
        );
});

test("ticks are round, and inside", () => {
  expect(ticksOf(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticksOf(14_999, 500_001, 4)).toEqual([100_000, 200_000, 300_000, 400_000, 500_000]);
  expect(ticksOf(-0.3, 0.31, 3)).toEqual([-0.2, 0, 0.2]);
  expect(ticksOf(2, 2, 3)).toEqual([2]);
});

test("one epoch is no curve, and what was not measured leaves a gap", () => {
  const options = { title: "Loss", show: String };
  expect(curves([{ name: "a", kind: "a", values: [1] }], options)).toBeUndefined();
  const { text } = curves([{ name: "a", kind: "a", values: [3, undefined, 1, Number.NaN, 2] }], options)!;
  expect(text).toMatch(/class="line a" d="M88\.0 16\.0M356\.0 244\.0M624\.0 130\.0"/);
});

test("the command says every setting as a shell takes it", () => {
  const settings = {
    data: "my data.csv",
    target: ["a,b", "c"],
    types: { zip: "word" as const },
    size: [8, 9] as [number, number],
    ...{ seed: 3, threads: "auto" as const, precision: "standard" as const, out: "there" },
    ...{ optimizer: "adam" as const, learningRate: 0.001, schedule: "constant" as const, batchSize: 32 },
  };
  expect(repeatCommand(settings)).toEqual({
    command: `loam train --data 'my data.csv' --target '"a,b",c' --types zip=word --size 8x9 --seed 3 --threads auto --precision standard --optimizer adam --learning-rate 0.001 --schedule constant --batch-size 32`,
  });
  expect(repeatCommand({ ...settings, layers: [{ type: "Flatten" }] }).command).toContain(
    "loam train --config layers.json --data",
  );
});

test("numbers below a scatter plot stand apart and inside it", () => {
  const values = Array.from({ length: 50 }, (_, i) => 15_000 + 9_900 * i);
  const text = scatter("price", values, values).text;
  const below = [...text.matchAll(/x="([\d.]+)" y="406" text-anchor="middle">([\d,]+)</g)];
  expect(below.length).toBeGreaterThan(1);
  let end = 0;
  for (const [, x, label] of below) {
    const half = (11 * label!.length) / 2;
    expect(Number(x) - half).toBeGreaterThanOrEqual(end);
    end = Number(x) + half;
  }
  expect(end).toBeLessThanOrEqual(420.5);
});
