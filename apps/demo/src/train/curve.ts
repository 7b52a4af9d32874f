import type { Progress } from "@loam/nn";

/** More points than this are thinned out: no screen shows them. */
const MOST = 1500;

/** One point of a run's curves: what the batches since the last point gave. */
interface CurvePoint {
  readonly step: number;
  readonly loss: number;
  /** Null where numbers are told, which are never right or wrong. */
  readonly accuracy: number | null;
}

/** The loss and accuracy of a run, slice by slice, taken apart from the running means that `fit` tells. */
export class Curve {
  #points: CurvePoint[] = [];
  #heldOut: CurvePoint[] = [];
  #epoch = 0;
  #seen = 0;
  #lossSum = 0;
  #correct = 0;
  #epochStart = 0;
  readonly #batchSize: number;
  readonly #samples: number;

  constructor(batchSize: number, samples: number) {
    this.#batchSize = batchSize;
    this.#samples = samples;
  }

  get points(): readonly CurvePoint[] {
    return this.#points;
  }

  get heldOut(): readonly CurvePoint[] {
    return this.#heldOut;
  }

  add({ epoch, step, loss, accuracy }: Progress): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#epochStart = (epoch - 1) * Math.ceil(this.#samples / this.#batchSize);
      this.#seen = this.#lossSum = this.#correct = 0;
    }
    const seen = Math.min(this.#samples, (step - this.#epochStart) * this.#batchSize);
    const fresh = seen - this.#seen;
    // Numbers that have left float32 would empty the chart, which says how it came to that.
    if (fresh <= 0 || !Number.isFinite(loss)) return;
    // A short last batch says too little to be a point of its own.
    if (fresh >= Math.min(this.#batchSize, this.#samples)) {
      this.#points.push({
        step,
        loss: (loss * seen - this.#lossSum) / fresh,
        accuracy:
          accuracy === undefined ? null : Math.min(1, Math.max(0, (accuracy * seen - this.#correct) / fresh)),
      });
    }
    this.#seen = seen;
    this.#lossSum = loss * seen;
    this.#correct = (accuracy ?? 0) * seen;
    if (this.#points.length > MOST) this.#thin();
  }

  addHeldOut(step: number, accuracy: number | null, loss: number): void {
    this.#heldOut.push({ step, accuracy, loss });
  }

  /** Joins neighbours two by two. */
  #thin(): void {
    const joined: CurvePoint[] = [];
    for (let i = 0; i + 1 < this.#points.length; i += 2) {
      const a = this.#points[i]!;
      const b = this.#points[i + 1]!;
      const accuracy = a.accuracy === null || b.accuracy === null ? null : (a.accuracy + b.accuracy) / 2;
      joined.push({ step: b.step, loss: (a.loss + b.loss) / 2, accuracy });
    }
    this.#points = joined;
  }
}

/** Puts up to two runs' curves on one axis of steps, for a chart: loss or accuracy of each slice, and of the held-out samples. */
export function mergeCurves(
  curves: readonly (Curve | undefined)[],
  pick: "loss" | "accuracy",
): [number[], ...(number | null)[][]] {
  const columns = curves.flatMap((curve) => [
    new Map(curve?.points.map((point) => [point.step, point[pick]])),
    new Map(curve?.heldOut.map((point) => [point.step, point[pick]])),
  ]);
  const steps = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  return [steps, ...columns.map((column) => steps.map((step) => column.get(step) ?? null))];
}
