import type { Callback } from "@loam/nn";
import type { checkpoints } from "@loam/nn/checkpoint";

type Checkpointer = ReturnType<typeof checkpoints>;

/** How long training took. */
export interface TrainingTime {
  readonly seconds: number;
  /** Seconds of the processor, whoever else it worked for meanwhile; of all threads together. */
  readonly processor: number;
}

/**
 * How long steps and the epochs' validations take, as in a `fit` by itself: without what a run keeps and tells beside them, its checkpoints and files.
 * It stands still between epochs and not between slices, since to ask for the processor's time may take as long as a step.
 */
export class TrainingClock {
  #sum: TrainingTime = { seconds: 0, processor: 0 };
  #began: TrainingTime | undefined;

  /** Goes with each fit that is to be counted. */
  readonly callback: Callback = {
    begin: () => this.#go(),
    end: () => this.#rest(),
  };

  /** What training took so far. */
  get took(): TrainingTime {
    return this.#sum;
  }

  /** What `work` takes is not counted. */
  async beside<R>(work: () => R | Promise<R>): Promise<R> {
    const runs = this.#began !== undefined;
    this.#rest();
    try {
      return await work();
    } finally {
      if (runs) this.#go();
    }
  }

  /** The same checkpoints, which are not counted. */
  withCheckpoints(checkpointer: Checkpointer): Checkpointer {
    return {
      begin: (run) => checkpointer.begin(run),
      stepsLeft: (step) => checkpointer.stepsLeft(step),
      // Between two slices there is mostly nothing to do.
      reached: (run, moment, ...place) =>
        moment === "slice"
          ? checkpointer.reached(run, moment, ...place)
          : this.beside(() => checkpointer.reached(run, moment, ...place)),
    };
  }

  #go(): void {
    this.#began = now();
  }

  #rest(): void {
    if (this.#began === undefined) return;
    const { seconds, processor } = now();
    this.#sum = {
      seconds: this.#sum.seconds + seconds - this.#began.seconds,
      processor: this.#sum.processor + processor - this.#began.processor,
    };
    this.#began = undefined;
  }
}

function now(): TrainingTime {
  const { user, system } = process.cpuUsage();
  return { seconds: performance.now() / 1000, processor: (user + system) / 1e6 };
}
