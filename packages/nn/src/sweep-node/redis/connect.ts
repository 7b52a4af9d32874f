import type { Redis } from "ioredis";
import { ConfigError, PlatformError } from "../../errors.js";
import { PREFIX } from "./prefix.js";
import { requireRights } from "./rights.js";

/** Milliseconds until an address that does not answer is given up. */
const CONNECT_MS = 4000;

/** A server that answers, and what speaks with it. */
export interface Connection {
  readonly redis: Redis;
  readonly bullmq: typeof import("bullmq");
}

/**
 * Connects once, and so finds out whether the address, the password and the rights are right; later losses of the connection are waited out.
 * @throws {ConfigError} `redis-address`. @throws {PlatformError} `redis-packages`, `redis-unusable`, within ten seconds.
 */
export async function connect(owner: string, address: string): Promise<Connection> {
  const shown = shownAddress(owner, address);
  const { bullmq, Client } = await packages(owner);
  await requireAnswer(Client, address, shown);
  const redis = new Client(address, {
    // Commands wait until a server that was restarted is there again.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  });
  redis.on("error", () => {}); // each lost connection is one, and is made again
  return { redis, bullmq };
}

async function packages(owner: string): Promise<Pick<Connection, "bullmq"> & { Client: typeof Redis }> {
  try {
    return { bullmq: await import("bullmq"), Client: (await import("ioredis")).Redis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new PlatformError(
      "redis-packages",
      `${owner} needs two packages that are not installed: npm install bullmq ioredis, beside Loam.`,
    );
  }
}

/** An address without its password. @throws {ConfigError} */
function shownAddress(owner: string, address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    // What cannot be read may hold a password all the same.
    throw new ConfigError(
      "redis-address",
      `${owner} must be an address such as redis://host:6379, or rediss:// with TLS.`,
    );
  }
  if (url.protocol !== "redis:" && url.protocol !== "rediss:")
    throw new ConfigError(
      "redis-address",
      `${owner} must begin with redis:// or rediss://, got ${JSON.stringify(url.protocol)}.`,
    );
  const user = url.username === "" ? "" : `${url.username}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}

async function requireAnswer(Client: typeof Redis, address: string, shown: string): Promise<void> {
  const client = new Client(address, {
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
    throw new PlatformError("redis-unusable", `${shown}: ${reasonOf(why ?? (error as Error))}`);
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
