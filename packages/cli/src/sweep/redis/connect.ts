import type { Redis } from "ioredis";
import { CommandError, UsageError } from "../../failure.js";
import { requireRights } from "./rights.js";

/** Milliseconds until an address that does not answer is given up. */
const CONNECT_MS = 4000;

/** Where BullMQ and we keep our keys. */
export const PREFIX = "loam";

/** What is needed of both packages, which come with the command only where they are asked for. */
export interface RedisPackages {
  readonly bullmq: typeof import("bullmq");
  readonly ioredis: { readonly Redis: typeof Redis };
}

/** @throws {CommandError} where they are not installed. */
export async function redisPackages(): Promise<RedisPackages> {
  try {
    return { bullmq: await import("bullmq"), ioredis: await import("ioredis") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new CommandError(
      "--redis needs two packages that are not installed: npm install bullmq ioredis, beside @loam/cli.",
    );
  }
}

/** An address of Redis: `redis://` or, with TLS, `rediss://`, with user, password and database as it may have them. */
export interface RedisAddress {
  readonly url: string;
  /** Without the password. */
  readonly shown: string;
}

/** @throws {UsageError} */
export function readAddress(text: string): RedisAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // What cannot be read may hold a password all the same.
    throw new UsageError("--redis must be an address such as redis://host:6379, or rediss:// with TLS.");
  }
  if (url.protocol !== "redis:" && url.protocol !== "rediss:")
    throw new UsageError(
      `--redis must begin with redis:// or rediss://, got ${JSON.stringify(url.protocol)}.`,
    );
  const user = url.username === "" ? "" : `${url.username}@`;
  return {
    url: text,
    shown: `${url.protocol}//${user}${url.host}${url.pathname === "/" ? "" : url.pathname}`,
  };
}

/**
 * Connects once, and so finds out whether the address, the password and the rights are right; later losses of the connection are waited out.
 * @throws {CommandError} within ten seconds
 */
export async function connect({ ioredis }: RedisPackages, address: RedisAddress): Promise<Redis> {
  await requireAnswer(ioredis.Redis, address);
  return new ioredis.Redis(address.url, {
    // Commands wait until a server that was restarted is there again.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  }).on("error", () => {}); // each lost connection is one, and is made again
}

async function requireAnswer(Client: typeof Redis, { url, shown }: RedisAddress): Promise<void> {
  const client = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    // It would say itself, and on stderr, that this user may not ask for INFO.
    enableReadyCheck: false,
  });
  let why: Error | undefined;
  client.on("error", (error: Error) => {
    why ??= error;
  });
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("ETIMEDOUT")), CONNECT_MS).unref();
  });
  try {
    await Promise.race([tried(client), late]);
  } catch (error) {
    throw new CommandError(`${shown}: ${reasonOf(why ?? (error as Error))}`);
  } finally {
    client.disconnect();
  }
}

async function tried(client: Redis): Promise<void> {
  await client.connect();
  await client.info("server");
  await requireRights(client, PREFIX);
}

function reasonOf(error: Error): string {
  const text = `${(error as NodeJS.ErrnoException).code ?? ""} ${error.message}`;
  if (/WRONGPASS|invalid password|invalid username/i.test(text))
    return "Redis refuses the user or the password.";
  if (/NOAUTH/.test(text)) return "Redis wants a password; write it as redis://:password@host.";
  if (/NOPERM/.test(text))
    return `Redis gives this user no right to what is needed: ${error.message.replace(/^NOPERM /, "").replace(/\.$/, "")}.`;
  if (/LOADING/.test(text)) return "Redis is still reading its files; try again in a moment.";
  if (/ECONNREFUSED/.test(text)) return "nobody answers there; is Redis started, and is this its port?";
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return "there is no host of that name.";
  if (/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/.test(text))
    return "nothing comes back from there within four seconds; is this Redis, and is TLS (rediss://) right?";
  if (/CERT_HAS_EXPIRED/.test(text)) return "its certificate has expired.";
  if (/ERR_TLS_CERT_ALTNAME_INVALID/.test(text))
    return `its certificate is for another host: ${error.message.replace(/\.$/, "")}.`;
  if (/CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET/.test(text))
    return "its certificate is signed by nobody that is trusted here; name the file of who signed it in NODE_EXTRA_CA_CERTS.";
  if (/Connection is closed|ECONNRESET|EPROTO|ERR_SSL/.test(text))
    return "the connection is closed at once; is this Redis, and is TLS (rediss://) right?";
  return `${error.message}.`;
}
