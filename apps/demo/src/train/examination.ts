import { type Dataset, type RegressionTask, type Sequential, takeSamples } from "@loam/nn";

/** A held-out sample that the network got wrong. */
export interface Mistake {
  readonly index: number;
  readonly label: number;
  readonly read: number;
  /** The probability that the network gave to the right class. */
  readonly share: number;
}

/** What a network makes of the held-out samples. */
export type Examination = ClassesExamination | NumbersExamination;

/** Of samples that are told apart. */
export interface ClassesExamination {
  readonly kind: "classes";
  readonly samples: number;
  readonly accuracy: number;
  readonly loss: number;
  /** counts[label · classes + read] */
  readonly counts: Uint32Array;
  readonly classes: number;
  /** The classes in the data's own words. */
  readonly names: readonly string[];
  /** The worst ones, worst first. */
  readonly mistakes: readonly Mistake[];
}

/** Of samples of which a number is told, in its own unit. */
export interface NumbersExamination {
  readonly kind: "numbers";
  readonly samples: number;
  readonly loss: number;
  /** What the number is called. */
  readonly target: string;
  /** The mean of |told − right|, and the root of the mean of its square. */
  readonly mae: number;
  readonly rmse: number;
  /** 1 − Σ (told − right)² ÷ Σ (right − mean)²: the share of what differs that the network knows; below 0 where the mean would be nearer. */
  readonly r2: number;
  readonly points: readonly NumberTold[];
}

/** A held-out sample, what is right and what the network told. */
export interface NumberTold {
  readonly index: number;
  readonly right: number;
  readonly told: number;
}

const WORST = 9;
const BATCH = 250;
/** Stands in for the logarithm of nothing, which no chart could show. */
const LEAST = 1e-7;

/** Lets a network read the held-out samples, while it is being trained or afterwards. */
export function examine(model: Sequential, test: Dataset, classes: number): Promise<Examination> {
  const task = test.schema?.task;
  return task?.kind === "regression"
    ? examineNumbers(model, test, task)
    : examineClasses(model, test, classes);
}

async function examineNumbers(
  model: Sequential,
  test: Dataset,
  { targets }: RegressionTask,
): Promise<NumbersExamination> {
  const samples = test.inputs.shape[0]!;
  const { name, scale, shift } = targets[0]!;
  const points: NumberTold[] = [];
  let squares = 0;
  let sizes = 0;
  for (let start = 0; start < samples; start += BATCH) {
    const part = takeSamples(test, start, Math.min(samples, start + BATCH));
    const { data } = await model.predict(part.inputs, { batchSize: BATCH });
    for (let i = 0; i < data.length; i++) {
      const right = part.labels.data[i]! * scale + shift;
      const told = data[i]! * scale + shift;
      points.push({ index: start + i, right, told });
      squares += (told - right) ** 2;
      sizes += Math.abs(told - right);
    }
  }
  const mean = points.reduce((sum, { right }) => sum + right, 0) / samples;
  const spread = points.reduce((sum, { right }) => sum + (right - mean) ** 2, 0);
  return {
    ...{ kind: "numbers", samples, target: name, points },
    loss: squares / samples / scale ** 2,
    mae: sizes / samples,
    rmse: Math.sqrt(squares / samples),
    r2: spread === 0 ? 0 : 1 - squares / spread,
  };
}

/** Lets a network tell the classes of the held-out samples. */
export async function examineClasses(
  model: Sequential,
  test: Dataset,
  classes: number,
): Promise<ClassesExamination> {
  const samples = test.inputs.shape[0]!;
  const counts = new Uint32Array(classes * classes);
  const mistakes: Mistake[] = [];
  let right = 0;
  let loss = 0;
  for (let start = 0; start < samples; start += BATCH) {
    // Batch by batch, so that the page's own thread is never busy for long.
    const part = takeSamples(test, start, Math.min(samples, start + BATCH));
    const { labels: read, probabilities } = await model.classify(part.inputs, { batchSize: BATCH });
    const outputs = probabilities.shape[1]!;
    for (let i = 0; i < read.length; i++) {
      const label = part.labels.data[i]!;
      const answer = read[i]!;
      const share = probabilities.data[i * outputs + label]!;
      loss -= Math.log(Math.max(LEAST, share));
      if (answer < classes) counts[label * classes + answer]! += 1;
      if (answer === label) right += 1;
      else mistakes.push({ index: start + i, label, read: answer, share });
    }
  }
  mistakes.sort((a, b) => a.share - b.share);
  return {
    kind: "classes",
    samples,
    accuracy: right / samples,
    loss: loss / samples,
    counts,
    classes,
    names: test.classNames ?? Array.from({ length: classes }, (_, i) => String(i)),
    mistakes: mistakes.slice(0, WORST),
  };
}
