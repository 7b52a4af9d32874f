import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { temporaryFolder } from "./support.js";

export type Test = Parameters<typeof temporaryFolder>[0];

export const PASSWORD = "correct-horse";

/** A Redis server of a test's own, which writes down every change before it answers. */
export class Server {
  #child: ReturnType<typeof spawn> | undefined;

  constructor(
    readonly folder: string,
    readonly port: number,
    readonly more: readonly string[] = [],
  ) {}

  async start(): Promise<void> {
    const options = ["--port", this.port, "--bind", "127.0.0.1", "--dir", this.folder, "--save", ""];
    const safe = ["--appendonly", "yes", "--appendfsync", "always"];
    this.#child = spawn("redis-server", [...options, ...safe, ...this.more].map(String), { stdio: "ignore" });
    for (let tries = 0; tries < 200 && !this.#answers(); tries++) await setTimeout(50);
  }

  #answers(): boolean {
    try {
      return this.cli("ping").includes("PONG");
    } catch {
      return false;
    }
  }

  cli(...words: string[]): string {
    const auth = this.more.includes("--requirepass") ? ["--no-auth-warning", "-a", PASSWORD] : [];
    return execFileSync("redis-cli", ["-p", String(this.port), ...auth, ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }

  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
}

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export async function redis(test: Test, folder: string, more: readonly string[] = []): Promise<Server> {
  const home = join(folder, "redis");
  mkdirSync(home);
  const server = new Server(home, await freePort(), more);
  await server.start();
  test.onTestFinished(() => {
    void server.stop();
  });
  return server;
}
