import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { FormatError } from "../../errors.js";
import { PREFIX } from "./prefix.js";
import type { RedisCommands } from "./redis-commands.js";

/** How long a coordinator that is silent counts as there, and how often it says so. */
const COORDINATOR_MS = 15_000;
/** How long a sweep that is done is kept. */
const KEPT_SECONDS = 30 * 24 * 3600;
/** How long it is known how far trials are of which nobody says any more. */
const NEWS_SECONDS = 3600;

/** Gives out the next number of a trial's attempts, and makes its holder the one that may report this rung. */
const BEGIN_ATTEMPT = `
local attempt = redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('HSET', KEYS[2], ARGV[2], attempt)
return attempt`;

/**
 * Takes a report if the trial was not given to somebody else meanwhile, and no other is there: the token of whoever began last must be the one that is handed in.
 * Late duplicates, of a worker that was taken for dead, are turned away so.
 */
const TAKE_REPORT = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[3])`;

/** Takes word of an attempt that is under way, from whoever began last: a worker that was taken for dead is not heard. */
const TAKE_NEWS = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return redis.call('EXPIRE', KEYS[2], ARGV[4])`;

/** Gives the seat up, or keeps it, if it is still this one's. */
const IF_OWN = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call(ARGV[2], KEYS[1], unpack(ARGV, 3)) end return 0`;

/** The keys of a sweep that outlive it for a while. */
const LASTING = ["about", "attempts", "fences", "reports", "board"] as const;

/** What a report must be; undefined for what is none. */
export type CheckReport<Report> = (report: unknown) => Report | undefined;

/** What Redis keeps of a sweep. */
export class SweepStore<Report> {
  readonly #redis: RedisCommands;
  readonly #name: string;
  readonly #check: CheckReport<Report>;
  readonly #seat = `${process.pid} on ${hostname()} ${randomUUID()}`;
  #renewal: NodeJS.Timeout | undefined;

  constructor(redis: RedisCommands, name: string, check: CheckReport<Report>) {
    this.#redis = redis;
    this.#name = name;
    this.#check = check;
  }

  #key(part: string): string {
    return `${PREFIX}:sweep:{${this.#name}}:${part}`;
  }

  /**
   * Makes this process the one that carries the sweep out, or says why it is not: another process does, or a sweep of this name and another identity is not
   * done. One that is done makes room.
   */
  async takeSeat(identity: string): Promise<Seated> {
    const taken = await this.#redis.set(this.#key("seat"), this.#seat, "PX", COORDINATOR_MS, "NX");
    if (taken === null)
      return { heldBy: (await this.#redis.get(this.#key("seat")))?.replace(/ [^ ]*$/, "") ?? "another one" };
    this.#renewal = setInterval(() => void this.#renew(), COORDINATOR_MS / 3);
    const [known, state] = await this.#redis.hmget(this.#key("about"), "identity", "state");
    if (known != null && known !== identity) {
      if (state !== "finished") {
        await this.leaveSeat();
        return "other";
      }
      await this.#forget();
    }
    await this.#redis.hset(this.#key("about"), { identity, state: "running" });
    return "seated";
  }

  /** Whether somebody carries the sweep out. */
  async isWanted(): Promise<boolean> {
    return (await this.#redis.get(this.#key("seat"))) !== null;
  }

  async #renew(): Promise<void> {
    await this.#redis
      .eval(IF_OWN, 1, this.#key("seat"), this.#seat, "PEXPIRE", String(COORDINATOR_MS))
      .catch(() => {}); // the next one comes soon, and a lost seat is taken again by nobody within fifteen seconds
  }

  /** Lets another program conduct the sweep. */
  async leaveSeat(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#redis.eval(IF_OWN, 1, this.#key("seat"), this.#seat, "DEL");
  }

  async #forget(): Promise<void> {
    await this.#redis.del(...[...LASTING, "files", "news"].map((part) => this.#key(part)));
  }

  /** A number above all that were given out for this trial: whoever has a rung's last one may report it. */
  async beginAttempt(id: string, rung: number): Promise<number> {
    const keys = [this.#key("attempts"), this.#key("fences")];
    return Number(await this.#redis.eval(BEGIN_ATTEMPT, 2, ...keys, id, `${id}@${rung}`));
  }

  /** @returns whether the report counts; not where the trial has gone to another worker, or was reported already. */
  async handIn(id: string, rung: number, { attempt, report }: AttemptReport<Report>): Promise<boolean> {
    const keys = [this.#key("fences"), this.#key("reports")];
    const text = JSON.stringify({ attempt, report });
    const counts = await this.#redis.eval(TAKE_REPORT, 2, ...keys, `${id}@${rung}`, String(attempt), text);
    return counts === 1;
  }

  /** Says how far an attempt is, as JSON has it. What is lost of it is said anew soon. */
  async tell(id: string, rung: number, attempt: number, news: object): Promise<void> {
    const keys = [this.#key("fences"), this.#key("news")];
    const words = [`${id}@${rung}`, String(attempt), JSON.stringify(news), NEWS_SECONDS];
    await this.#redis.eval(TAKE_NEWS, 2, ...keys, ...words).catch(() => {});
  }

  /** What was told last of trials that are under way, as JSON; null for those of which nothing was. */
  news(trials: readonly { readonly id: string; readonly rung: number }[]): Promise<(string | null)[]> {
    return this.#redis.hmget(this.#key("news"), ...trials.map(({ id, rung }) => `${id}@${rung}`));
  }

  /** Reports by trial and rung; undefined for those that are not there yet. @throws {FormatError} `report-invalid` */
  async reports(
    trials: readonly { readonly id: string; readonly rung: number }[],
  ): Promise<(AttemptReport<Report> | undefined)[]> {
    if (trials.length === 0) return [];
    const texts = await this.#redis.hmget(
      this.#key("reports"),
      ...trials.map(({ id, rung }) => `${id}@${rung}`),
    );
    return texts.map((text, i) => {
      if (text === null) return undefined;
      const { attempt, report } = JSON.parse(text) as AttemptReport<unknown>;
      const checked = this.#check(report);
      if (checked === undefined)
        throw new FormatError(
          "report-invalid",
          `${this.#name}: Redis holds a report of ${trials[i]!.id} that is none of Loam's.`,
        );
      return { attempt, report: checked };
    });
  }

  /** Keeps what an attempt wrote, for whoever goes on with it and for the coordinator. */
  async putFiles(id: string, attempt: number, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const [name, bytes] of files)
      await this.#redis.hset(this.#key("files"), `${id} ${attempt} ${name}`, Buffer.from(bytes));
    // Whatever a late duplicate leaves goes as well.
    await this.#redis.expire(this.#key("files"), KEPT_SECONDS);
  }

  /** What an attempt wrote, by the files' names. */
  async files(
    id: string,
    attempt: number,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const name of names) {
      const bytes = await this.#redis.hgetBuffer(this.#key("files"), `${id} ${attempt} ${name}`);
      if (bytes !== null) found.set(name, bytes);
    }
    return found;
  }

  /** Deletes files that an attempt sent back and that have been fetched. */
  async dropFiles(id: string, attempt: number, names: readonly string[]): Promise<void> {
    await this.#redis.hdel(this.#key("files"), ...names.map((name) => `${id} ${attempt} ${name}`));
  }

  /** Leaves the leaderboard for whoever asks, and lets all of it go in thirty days. */
  async finish(board: string): Promise<void> {
    await this.#redis.hset(this.#key("about"), { state: "finished" });
    await this.#redis.set(this.#key("board"), board);
    for (const part of LASTING) await this.#redis.expire(this.#key(part), KEPT_SECONDS);
    await this.#redis.del(this.#key("files"), this.#key("news"));
  }
}

/** A report, and which attempt at the trial made it. */
export interface AttemptReport<Report> {
  readonly attempt: number;
  readonly report: Report;
}

/** Whether a seat was taken: who has it otherwise, or that the name is another's. */
export type Seated = "seated" | "other" | { readonly heldBy: string };
