import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";

/** Commands that BullMQ's scripts and ours use, on a hash, a sorted set, a set, a list, a stream and a string that are not there yet. */
const USED = {
  hash: [
    ["HSET", "a", "1"],
    ["HMSET", "a", "1"],
    ["HSETNX", "b", "1"],
    ["HINCRBY", "a", "1"],
    ["HGET", "a"],
    ["HMGET", "a"],
    ["HGETALL"],
    ["HEXISTS", "a"],
    ["HDEL", "a"],
    ["EXPIRE", "9"],
    ["EXISTS"],
  ],
  sorted: [
    ["ZADD", "1", "a"],
    ["ZSCORE", "a"],
    ["ZCARD"],
    ["ZRANGE", "0", "1"],
    ["ZRANGEBYSCORE", "0", "1"],
    ["ZREVRANGE", "0", "1"],
    ["ZREVRANGEBYSCORE", "1", "0"],
    ["ZREMRANGEBYRANK", "5", "6"],
    ["ZREMRANGEBYSCORE", "5", "6"],
    ["ZPOPMIN"],
    ["ZREM", "a"],
  ],
  set: [["SADD", "a"], ["SCARD"], ["SMEMBERS"], ["SREM", "a"]],
  list: [
    ["LPUSH", "a"],
    ["RPUSH", "b"],
    ["LLEN"],
    ["LRANGE", "0", "1"],
    ["LTRIM", "0", "9"],
    ["LREM", "0", "b"],
  ],
  stream: [
    ["XADD", "*", "a", "1"],
    ["XTRIM", "MAXLEN", "1"],
  ],
  text: [["SET", "1"], ["GET"], ["INCR"], ["PEXPIRE", "9"], ["PTTL"], ["PERSIST"]],
} as const satisfies Readonly<Record<string, readonly (readonly string[])[]>>;

/** Tries each on a key of its kind, and takes the keys away again; gives the first that is refused, with the server's word. */
const TRY = `
local kinds = cjson.decode(ARGV[1])
local refused = false
for i, commands in ipairs(kinds) do
  for _, words in ipairs(commands) do
    local answer = redis.pcall(words[1], KEYS[i], unpack(words, 2))
    if not refused and type(answer) == 'table' and answer.err then refused = { words[1], answer.err } end
  end
  local gone = redis.pcall('DEL', KEYS[i])
  if not refused and type(gone) == 'table' and gone.err then refused = { 'DEL', gone.err } end
end
local moved = redis.pcall('RPOPLPUSH', KEYS[4], KEYS[4])
if not refused and type(moved) == 'table' and moved.err then refused = { 'RPOPLPUSH', moved.err } end
return refused`;

/**
 * Tries what a queue needs, below a prefix: a user without a right to it would otherwise wait for good, since a queue takes what is refused later for a moment's trouble.
 * @throws {Error} `NOPERM` and the first command that is refused; Redis's own word where that is for another reason.
 */
export async function requireRights(client: Redis, prefix: string): Promise<void> {
  const kinds = Object.entries(USED);
  const id = randomUUID();
  const keys = kinds.map(([kind]) => `${prefix}:probe:{${id}}:${kind}`);
  const said = (await client.eval(
    TRY,
    keys.length,
    ...keys,
    JSON.stringify(kinds.map(([, commands]) => commands)),
  )) as [string, string] | null;
  if (said !== null) {
    const [command, why] = said;
    if (/NOPERM|permission|can't run/.test(why)) throw new Error(`NOPERM ${command}`);
    if (/can't access/.test(why)) throw new Error(`NOPERM ${command} of the keys ${prefix}:*`);
    throw new Error(why);
  }
  // What no script may do: to wait, and to be one of its own.
  await client.bzpopmin(keys[1]!, 0.01);
  await client.evalsha("0".repeat(40), 0).catch((error: Error) => {
    if (!/NOSCRIPT/.test(error.message)) throw error;
  });
}
