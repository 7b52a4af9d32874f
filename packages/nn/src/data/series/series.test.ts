import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dense, Sequential, zeros } from "../../index.js";
import { readTable } from "../table/index.js";
import {
  baselines,
  describeSeries,
  fitSeries,
  forecast,
  labelledSeries,
  seriesInputs,
  understandSeries,
  windowed,
} from "./index.js";
import { readSpan, showSpan } from "./span.js";

/** `2000-01-01` and days after it. */
const date = (day: number) => new Date(Date.UTC(2000, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);

function csv(days: readonly number[], value: (day: number) => number | string): string {
  return ["when,x", ...days.map((day) => `${date(day)},${value(day)}`)].join("\n");
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const bytes = (text: string) => new TextEncoder().encode(text);

/** A network that says 0 of everything: its forecast is the last value and the mean change. */
async function silent(schema: object, features: number) {
  const model = new Sequential([new Dense({ units: 1, kernelInitializer: zeros() })], {
    inputShape: [features],
    seed: 1,
    threads: 1,
  });
  await model.ready();
  return {
    name: "silent",
    schema: schema as never,
    classNames: undefined,
    predict: (inputs: { data: Float32Array; shape: readonly number[] }) => model.predict(inputs),
    close: () => model.close(),
  };
}

describe("lengths", () => {
  test.each([
    ["30d", "days", 30, "30 days"],
    ["12h", "days", 0.5, "12 hours"],
    ["2w", "days", 14, "14 days"],
    ["15min", "days", 15 / 1440, "15 minutes"],
    ["1", "rows", 1, "1 row"],
    [30, "rows", 30, "30 rows"],
  ])("%s is %s %d", (given, unit, length, shown) => {
    const span = readSpan("t", "the horizon", given);
    expect(span).toEqual({ unit, length });
    expect(showSpan(span)).toBe(shown);
  });

  test.each(["", "0", "1.5", "3x", "-1d", "1e3", "0d"])("%s is none", (given) => {
    expect(() => readSpan("t", "the horizon", given)).toThrow(
      expect.objectContaining({ code: "span-invalid" }),
    );
  });
});

describe("windows", () => {
  test("have the values before an origin as differences from it, then that one, and the change to what comes", async () => {
    const values = [3, 5, 4, 8, 7, 6, 9, 2];
    const { inputs, labels, base, schema } = await windowed(bytes(`x\n${values.join("\n")}`), {
      window: 2,
      horizon: 3,
    });
    // Origins 2, 3 and 4 have two values before them and one three rows later.
    expect(inputs.shape).toEqual([3, 3]);
    expect([...base]).toEqual([4, 8, 7]);
    const mean = values.reduce((sum, value) => sum + value, 0) / 8;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8);
    const rows = [
      [5 - 4, 3 - 4, 4 - mean],
      [4 - 8, 5 - 8, 8 - mean],
      [8 - 7, 4 - 7, 7 - mean],
    ].flat();
    expect([...inputs.data]).toEqual(rows.map((value) => expect.closeTo(value / deviation, 5)));
    const changes = [6 - 4, 9 - 8, 2 - 7];
    const shift = (2 + 1 - 5) / 3;
    const scale = Math.sqrt(changes.reduce((sum, one) => sum + (one - shift) ** 2, 0) / 3);
    expect([...labels.data]).toEqual(changes.map((one) => expect.closeTo((one - shift) / scale, 5)));
    expect(schema.task).toMatchObject({ kind: "regression", targets: [{ name: "x" }] });
  });

  test("take what lies between two rows from the straight line between them, whatever days are missing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 40, maxLength: 90 }),
        async (some) => {
          const days = [...some].sort((a, b) => a - b);
          // On a line every value in between is known: all differences are slope · days.
          const set = await windowed(bytes(csv(days, (day) => 2 * day + 10)), {
            window: "10d",
            horizon: "5d",
          });
          const { lags, step, columns } = set.schema.input as never as {
            lags: number;
            step: number;
            columns: { scale: number }[];
          };
          const features = set.inputs.shape[1]!;
          set.origins.forEach((_, sample) => {
            for (let lag = 1; lag <= lags; lag++) {
              const value = set.inputs.data[sample * features + lag - 1]!;
              expect(value).toBeCloseTo((-2 * lag * step) / columns[0]!.scale, 3);
            }
          });
          // What is forecast is the row nearest to five days later.
          set.targetRows.forEach((row, sample) => {
            const moment = set.series.days![set.origins[sample]!]! + 5;
            const nearest = set.series.days!.reduce((best, day) =>
              Math.abs(day - moment) < Math.abs(best - moment) ? day : best,
            );
            expect(Math.abs(set.series.days![row]! - moment)).toBe(Math.abs(nearest - moment));
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test("see the last known value where a cell is empty, and forecast none that is", async () => {
    const { origins, targetRows, inputs } = await windowed(bytes("x,y\n,1\n4,2\n,3\n6,4\n9,5\n7,6"), {
      target: "x",
      window: 1,
      horizon: 1,
    });
    // The first value is known at row 1, so that row 2 is the first with one before it; row 3 follows it, and so on.
    expect([...origins]).toEqual([2, 3, 4]);
    expect([...targetRows]).toEqual([3, 4, 5]);
    expect(inputs.data[0]).toBe(0);
  });

  test("of training know nothing of what comes after it", async () => {
    const days = range(80);
    const before = await readTable(bytes(csv(days, (day) => Math.sin(day) * 5)));
    const after = await readTable(bytes(csv(days, (day) => (day < 50 ? Math.sin(day) * 5 : 1000 + day))));
    const [one, other] = [before, after].map((table) => {
      const fitted = fitSeries(
        understandSeries(table, { horizon: "4d", window: "9d", trainingRows: 50 }),
        50,
      );
      return { schema: fitted.schema, training: fitted.dataset(0, 50)! };
    });
    expect(other!.schema).toEqual(one!.schema);
    expect(other!.training.inputs).toEqual(one!.training.inputs);
    expect(other!.training.labels).toEqual(one!.training.labels);
    // The last pair that is trained on: an origin whose target is still before the cut.
    expect(one!.training.targetRows.at(-1)).toBe(49);
  });

  test("are the same whatever the order of the rows", async () => {
    const days = range(60);
    const sorted = csv(days, (day) => (day * 7) % 13);
    const [header, ...lines] = sorted.split("\n");
    const shuffled = [header, ...lines.map((_, i) => lines[(i * 37) % 60]!)].join("\n");
    const options = { horizon: "2d", window: "5d" };
    const [a, b] = [await windowed(bytes(sorted), options), await windowed(bytes(shuffled), options)];
    expect(b.inputs).toEqual(a.inputs);
    expect(b.series.notes).toEqual([expect.stringContaining("were sorted")]);
  });
});

describe("what a table is as a series", () => {
  test("a season is found in rows and in days", async () => {
    const monthly = await readTable(
      bytes(["x", ...range(96).map((i) => Math.round(100 * Math.sin((2 * Math.PI * i) / 12)))].join("\n")),
    );
    expect(understandSeries(monthly, { horizon: 5 }).rule).toMatchObject({ season: 12, lags: 13, step: 1 });
    const weekly = await readTable(bytes(csv(range(200), (day) => (day % 7 < 5 ? 10 + (day % 3) : 2))));
    expect(understandSeries(weekly, { horizon: "3d" }).rule).toMatchObject({
      season: 7,
      interval: 1,
      lags: 8,
    });
    const rising = await readTable(bytes(csv(range(200), (day) => day * day)));
    expect(understandSeries(rising, { horizon: "1d" }).rule.season).toBeUndefined();
  });

  test("months may be dates", async () => {
    const months = range(60).map(
      (i) => `${1949 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")},${(i * i) % 40}`,
    );
    const table = await readTable(bytes(["Month,Passengers", ...months].join("\n")), { name: "air" });
    const lines = describeSeries(understandSeries(table, { horizon: 6 }));
    expect(lines[1]).toBe("series    60 rows, 1949-01 to 1953-12 by Month");
  });

  test("says what was understood", async () => {
    const rows = range(30).map((day) => `${date(day)},a${day},${day % 5},${day * day}`);
    const table = await readTable(bytes(["when,id,x,y", ...rows].join("\n")), { name: "t" });
    const lines = describeSeries(understandSeries(table, { target: "x", window: "4d", horizon: "2d" }));
    expect(lines).toEqual([
      "target    x (0 to 4), 2 days ahead",
      "series    30 rows, 2000-01-01 to 2000-01-30 by when, usually 1 day apart",
      "window    5 values of x, y, 4 days back; the time of the week",
      "season    none found",
      "left out  id (all different)",
    ]);
  });

  test.each([
    ["a,b\n1,2\n3,4\n9,1", { horizon: 1 }, "target-missing"],
    ["x\n1\n3", { horizon: "1d" }, "time-missing"],
    ["when,x\n2000-01-01,1\n2000-01-02,2", { horizon: "1d", window: 3 }, "window-horizon"],
    ["when,x\n2000-01-01,1\n2000-01-02,2\n2000-01-01,2", { horizon: "1d" }, "time-repeated"],
    ["when,x\n2000-01-01,1\n2000-01-02,2", { horizon: "1d", target: "when" }, "csv-not-a-number"],
    ["when,x\n2000-01-01,1\n2000-01-02,2", { horizon: "1d", target: "x", drop: ["x"] }, "csv-label"],
    ["when,x\n2000-01-01,1\n2000-01-02,2", { horizon: "9d" }, "series-short"],
    ["when,x\n2000-01-01,1\n,2\n2000-01-03,4", { horizon: "1d" }, "csv-not-a-date"],
    ["when,x\n2000-01-01,1\n2000-01-02,2", { horizon: 1, time: "x" }, "time-missing"],
    ["x\n1\n2\n3", { horizon: 1, target: "z" }, "column-unknown"],
  ])("%j with %j is refused as %s", async (text, options, code) => {
    await expect(windowed(bytes(text), options)).rejects.toMatchObject({ code });
  });
});

describe("a model that forecasts", () => {
  const text = csv(range(40), (day) => 3 * day + (day % 2));
  const options = { horizon: "2d", window: "3d" };

  test("adds what it says to the last value, in the target's unit, up to the last row", async () => {
    const set = await windowed(bytes(text), options);
    const model = await silent(set.schema, set.inputs.shape[1]!);
    const { forecasts, notes } = await forecast(model, bytes(text));
    expect(forecasts).toHaveLength(37);
    expect(notes).toEqual([expect.stringContaining("3 rows have no whole window")]);
    // Two days later it is always 6 more.
    expect(forecasts.at(-1)).toEqual({ row: 39, moment: "2000-02-11", answer: { x: 3 * 41 + 1 } });
    await model.close();
  });

  test("is measured beside forecasts that need no network, from a date on", async () => {
    const days = range(60);
    const weekly = csv(days, (day) => (day % 7) + (day >= 50 ? 0.5 : 0));
    const { schema } = await windowed(bytes(weekly), { horizon: "3d", window: "7d", trainingRows: 45 });
    const known = { name: "m", schema, classNames: undefined };
    const { dataset } = labelledSeries(known, await readTable(bytes(weekly)), { since: date(53) });
    expect([...dataset.origins]).toEqual([53, 54, 55, 56]);
    const rms = (errors: readonly number[]) =>
      Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    const value = (day: number) => (day % 7) + (day >= 50 ? 0.5 : 0);
    const [last, season] = baselines(dataset);
    expect(last).toMatchObject({ name: "persistence", rule: "the last value" });
    expect(last!.rmse.x).toBeCloseTo(rms([53, 54, 55, 56].map((day) => value(day + 3) - value(day))), 9);
    expect(season).toMatchObject({ name: "seasonalNaive", rule: "the value a week before" });
    expect(season!.rmse.x).toBeCloseTo(
      rms([53, 54, 55, 56].map((day) => value(day + 3) - value(day - 4))),
      9,
    );
  });

  test("says or refuses what is not as in training", async () => {
    const { schema } = await windowed(bytes(csv(range(60), (day) => day % 7)), {
      horizon: "3d",
      window: "7d",
    });
    const known = { name: "m", schema, classNames: undefined };
    const notes = async (content: string) =>
      seriesInputs(known, await readTable(bytes(content), { name: "s" })).notes;
    const short = "s: 7 rows have no whole window behind, and no forecast";
    expect(await notes(csv(range(30), (day) => day % 7))).toEqual([short]);
    expect(await notes(csv(range(30), (day) => 1000 + (day % 7)))).toEqual([
      expect.stringMatching(
        /^s: 30 of 30 numbers in "x" are none that training had, which was about 2\.9, give or take 2;/,
      ),
      short,
    ]);
    const weekly = range(30).map((week) => 7 * week);
    await expect(notes(csv(weekly, String))).rejects.toMatchObject({
      code: "series-sparse",
      message: expect.stringContaining("rows usually lie 7 days apart, and those of training 1 day;"),
    });
    const hourly = range(30 * 4).map(
      (quarter) =>
        `2000-01-${String(1 + Math.floor(quarter / 4)).padStart(2, "0")} ${6 * (quarter % 4)}:00,${quarter % 7}`,
    );
    expect(await notes(["when,x,rain", ...hourly.map((row) => `${row},0`)].join("\n"))).toEqual([
      's: not known to the network, and ignored: "rain"',
      "s: rows usually lie 6 hours apart, and those of training 1 day; do they say the same, or are they sums over other times?",
      expect.stringContaining("have no whole window behind"),
    ]);
  });

  test("refuses what it cannot read", async () => {
    const { schema } = await windowed(bytes(text), options);
    const known = { name: "m", schema, classNames: undefined };
    const table = (content: string) => readTable(bytes(content));
    const code = (error: string) => expect.objectContaining({ code: error });
    expect(() => labelledSeries(known, blank, { since: "tomorrow" })).toThrow(code("since-invalid"));
    expect(() => labelledSeries(known, blank, { since: "2050-01-01" })).toThrow(code("no-samples"));
    const whole = await table(text);
    // A year or a row, and the 2nd of January or the 1st of February.
    for (const since of ["2000", "01/02/2000"])
      expect(() => labelledSeries(known, whole, { since })).toThrow(code("since-invalid"));
    const short = await table(csv(range(3), String));
    expect(() => seriesInputs(known, short)).toThrow(code("series-short"));
    const other = await table("day,x\n2000-01-01,1");
    expect(() => seriesInputs(known, other)).toThrow(code("columns-missing"));
    const long = {
      ...known,
      schema: (await windowed(bytes(text.replace("when,x", "when,extent")), options)).schema,
    };
    const misspelt = await table(text.replace("when,x", "when,extnt"));
    expect(() => seriesInputs(long, misspelt)).toThrow(
      'no column "extent", which the series is made of (is it "extnt"?)',
    );
    expect(() => seriesInputs({ ...known, schema: undefined }, blank)).toThrow(code("not-for-series"));
  });

  test.each([
    ["lags", 0],
    ["lags", 1e9],
    ["step", -1],
    ["unit", "years"],
    ["time", { name: "when", order: "xyz" }],
    ["time", undefined],
    ["columns", []],
    ["columns", [{ name: "x", format: {}, shift: 0, scale: 1 }]],
    ["columns", [{ name: "y", format: { decimal: ".", group: "" }, shift: 0, scale: 1 }]],
    ["calendar", ["moon"]],
    ["horizon", "2"],
    ["horizon", 2 ** 31],
    ["season", -7],
  ])("of which a file says %s %j is refused", async (name, value) => {
    const { schema } = await windowed(bytes(text), options);
    const input = { ...schema.input, [name]: value } as never;
    const known = { name: "m", schema: { ...schema, input }, classNames: undefined };
    expect(() => seriesInputs(known, blank)).toThrow(expect.objectContaining({ code: "schema-invalid" }));
  });

  const blank = {
    name: "t",
    header: true,
    rows: 40,
    columns: [
      { name: "when", cells: range(40).map(date) },
      { name: "x", cells: range(40).map(String) },
    ],
    notes: [],
  };
});
