import { type Connection, connect } from "./connect.js";
import type { JobEnd, TakeJobsOptions } from "./job-end.js";
import { PREFIX } from "./prefix.js";
import { type JobQueue, QueueClient, type QueuedJob } from "./queue-client.js";
import { type CheckReport, SweepStore } from "./sweep-store.js";
import { takeJobs } from "./take-jobs.js";

/** A server of Redis that holds queues of trials: what the engine `queue` and the command both stand on. */
export class QueueConnection {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Finds out whether address, password and rights are right; later losses of the connection are waited out.
   * @param owner whom errors speak of
   * @throws {ConfigError} `redis-address`. @throws {PlatformError} `redis-packages`, `redis-unusable`, within ten seconds.
   */
  static async open(owner: string, address: string): Promise<QueueConnection> {
    return new QueueConnection(await connect(owner, address));
  }

  /** What Redis keeps of a sweep. */
  store<Report>(sweep: string, check: CheckReport<Report>): SweepStore<Report> {
    return new SweepStore(this.#connection.redis as never, sweep, check);
  }

  /** Whoever puts a sweep's trials into a queue. */
  client<Job extends QueuedJob, Report>(queue: string, store: SweepStore<Report>): QueueClient<Job, Report> {
    const { redis, bullmq } = this.#connection;
    const made = new bullmq.Queue(queue, {
      connection: redis as never,
      prefix: PREFIX,
      skipVersionCheck: true,
    });
    made.on("error", () => {}); // a lost connection is made again
    return new QueueClient(made as unknown as JobQueue, store);
  }

  /** Takes jobs from a queue until the signal comes; see `TakeJobsOptions`. */
  takeJobs(
    queue: string,
    options: TakeJobsOptions,
    carryOut: (data: unknown, signal: AbortSignal) => Promise<JobEnd>,
  ): Promise<void> {
    return takeJobs(this.#connection, queue, options, carryOut);
  }

  /** Ends the connection. */
  close(): void {
    this.#connection.redis.disconnect();
  }
}
