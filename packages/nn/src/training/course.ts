/** How the samples of a data set are spread over the steps of a fit. */
export class Course {
  readonly stepsPerEpoch: number;
  readonly epochs: number;

  constructor(
    readonly samples: number,
    readonly batchSize: number,
    /** Steps in all. */
    readonly steps: number,
  ) {
    this.stepsPerEpoch = Math.ceil(samples / batchSize);
    this.epochs = Math.ceil(steps / this.stepsPerEpoch);
  }

  /** Samples that the first `steps` of an epoch go through. */
  seenInEpoch(steps: number): number {
    return Math.min(steps * this.batchSize, this.samples);
  }

  /** Samples that the first `steps` of the fit go through. */
  seenInAll(steps: number): number {
    return (
      Math.floor(steps / this.stepsPerEpoch) * this.samples + this.seenInEpoch(steps % this.stepsPerEpoch)
    );
  }

  /** The next batch of an epoch of which `done` steps are done, and how many steps in a row are of its size. */
  next(done: number): { batch: number; alike: number } {
    const left = this.samples - this.seenInEpoch(done);
    return left < this.batchSize
      ? { batch: left, alike: 1 }
      : { batch: this.batchSize, alike: Math.floor(left / this.batchSize) };
  }
}
