import type { Sequential } from "@loam/nn";
import { meanProbabilities, recordingInputs } from "@loam/nn/data/series";
import { parseTable, type Table } from "@loam/nn/data/table";
import { element } from "../../ui/element.js";
import { css, token } from "../../ui/picture.js";
import { type Sensor, SensorError } from "./sensor.js";

/** Moments that a recording has at least, and that are kept of what is felt now. */
const FEWEST = 20;
const KEPT = 256;
/** How long a sensor may be silent before there is none, in milliseconds. */
const SILENCE = 2000;
/** The picture of the last moments: its size in pixels, and how many m/s² it reaches up and down. */
const [WIDTH, HEIGHT] = [256, 96];
const REACH = 25;
const COLOURS = ["--positive", "--second", "--third"] as const;

/** A moment: milliseconds, acceleration with gravity in m/s², and how fast it turns in degrees a second where the device says so. */
type Moment = readonly number[];
const NAMES = ["ms", "x", "y", "z", "alpha", "beta", "gamma"];

/** On iPhones sites have to ask. */
type AskingEvent = typeof DeviceMotionEvent & { requestPermission?: () => Promise<"granted" | "denied"> };

/** A phone's motion sensor. */
export class Motion implements Sensor {
  readonly element: HTMLCanvasElement;
  readonly folder = "gestures";
  readonly extension = "csv";
  readonly least = 5;
  readonly #moments: Moment[] = [];
  #recording: Moment[] | undefined;
  #isDue = false;

  constructor(label: string) {
    const size = { width: WIDTH, height: HEIGHT };
    this.element = element("canvas", { class: "capture-trace", role: "img", "aria-label": label, ...size });
  }

  async open(): Promise<void> {
    if (!isSecureContext) throw new SensorError("insecure");
    if (typeof DeviceMotionEvent === "undefined") throw new SensorError("missingMotion");
    const asking = DeviceMotionEvent as AskingEvent;
    // It throws where the visitor has refused before, or no finger has asked for it.
    const answer = (await asking.requestPermission?.().catch(() => "denied")) ?? "granted";
    if (answer !== "granted") throw new SensorError("refused");
    addEventListener("devicemotion", this.#feel);
    const before = this.#moments.length;
    const until = performance.now() + SILENCE;
    while (this.#moments.length === before) {
      if (performance.now() > until) {
        this.close();
        throw new SensorError("missingMotion");
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  record(onSample: (sample: Blob) => void): () => Promise<boolean> {
    const moments: Moment[] = [];
    this.#recording = moments;
    return async () => {
      this.#recording = undefined;
      if (moments.length < FEWEST) return false;
      onSample(new Blob([csvOf(moments)], { type: "text/csv" }));
      return true;
    };
  }

  async ask(model: Sequential): Promise<Readonly<Record<string, number>> | undefined> {
    const input = model.schema?.input;
    if (input?.kind !== "recording" || this.#moments.length < input.steps) return undefined;
    const table: Table = parseTable(csvOf(this.#moments.slice(-input.steps)));
    const { inputs, recordings } = recordingInputs(model, [table]);
    const { probabilities } = await model.classify(inputs);
    const [shares] = meanProbabilities(recordings, probabilities);
    return Object.fromEntries(Array.from(shares!, (share, i) => [model.classNames?.[i] ?? String(i), share]));
  }

  close(): void {
    removeEventListener("devicemotion", this.#feel);
    this.#moments.length = 0;
  }

  readonly #feel = ({
    timeStamp,
    accelerationIncludingGravity: along,
    rotationRate: turn,
  }: DeviceMotionEvent) => {
    // A device without a sensor sends one event with nothing in it.
    if (along?.x == null || along.y == null || along.z == null) return;
    const turns =
      turn?.alpha == null || turn.beta == null || turn.gamma == null
        ? []
        : [turn.alpha, turn.beta, turn.gamma];
    const moment = [timeStamp, along.x, along.y, along.z, ...turns];
    this.#moments.push(moment);
    if (this.#moments.length > KEPT) this.#moments.shift();
    this.#recording?.push(moment);
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => this.#draw());
  };

  #draw(): void {
    this.#isDue = false;
    const context = this.element.getContext("2d")!;
    context.clearRect(0, 0, WIDTH, HEIGHT);
    for (const [i, name] of COLOURS.entries()) {
      context.strokeStyle = css(token(name));
      context.beginPath();
      for (const [at, moment] of this.#moments.entries()) {
        const x = WIDTH - this.#moments.length + at;
        const y = (1 - moment[1 + i]! / REACH) * (HEIGHT / 2);
        if (at === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      context.stroke();
    }
  }
}

/** A table of moments; its clock begins at 0. Turning is left out where a moment has none. */
function csvOf(moments: readonly Moment[]): string {
  const columns = Math.min(...moments.map(({ length }) => length));
  const [start = 0] = moments[0] ?? [];
  const rows = moments.map(([ms = 0, ...values]) => [
    (ms - start).toFixed(1),
    ...values.slice(0, columns - 1).map((value) => value.toFixed(4)),
  ]);
  return [NAMES.slice(0, columns), ...rows].map((row) => row.join(",")).join("\n");
}
