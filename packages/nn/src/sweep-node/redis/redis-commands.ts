/** What is asked of a client of Redis; ioredis has it. */
export interface RedisCommands {
  eval(script: string, keys: number, ...words: (string | number)[]): Promise<unknown>;
  evalsha(hash: string, keys: number, ...words: string[]): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  set(key: string, value: string, unit: "PX", span: number, only: "NX"): Promise<unknown>;
  get(key: string): Promise<string | null>;
  del(...keys: string[]): Promise<unknown>;
  expire(key: string, seconds: number): Promise<unknown>;
  hset(key: string, fields: Readonly<Record<string, string>>): Promise<unknown>;
  hset(key: string, field: string, value: Buffer): Promise<unknown>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  hgetBuffer(key: string, field: string): Promise<Buffer | null>;
  hdel(key: string, ...fields: string[]): Promise<unknown>;
}
