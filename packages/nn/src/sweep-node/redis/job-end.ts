// Apart from what takes jobs, whose types are BullMQ's and ioredis': those need not be installed for these.

export interface TakeJobsOptions {
  /** Jobs at once. */
  readonly slots: number;
  /** Seconds of silence after which a worker's jobs are given to others. */
  readonly lock: number;
  /** Seconds without a job after which the work is over; for good without it. */
  readonly idle?: number | undefined;
  /** Ends the work. */
  readonly signal: AbortSignal;
  /** Called once the queue is there. */
  readonly onReady?: () => void;
}

/** What became of a job: it is done; it goes back to the queue; or it is none, and is thrown away. */
export type JobEnd = "done" | "back" | "none";
