import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

/** The machine's Firefox, if it has one. */
export const FIREFOX = ["firefox-esr", "firefox"]
  .flatMap((name) => (process.env.PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, name)))
  .find((file) => existsSync(file));

/** Nothing that asks, updates or reports. */
const PREFERENCES = {
  "marionette.port": 0,
  "browser.shell.checkDefaultBrowser": false,
  "browser.aboutwelcome.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "app.update.disabledForTesting": true,
  "intl.accept_languages": "en-US",
};

/** Firefox without a window, driven by Marionette, the protocol that every Firefox has: `length:[type, id, name, parameters]` over TCP. */
export class Firefox {
  #next = 0;
  #text = Buffer.alloc(0);
  readonly #waiting = new Map<
    number,
    (answer: readonly [error: { message: string } | null, result: unknown]) => void
  >();

  private constructor(
    private readonly browser: ChildProcess,
    private readonly profile: string,
    private readonly socket: Socket,
  ) {
    socket.on("data", (part) => this.#take(part));
  }

  static async launch(file: string): Promise<Firefox> {
    const profile = await mkdtemp(path.join(tmpdir(), "loam-firefox-"));
    const lines = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
    );
    await writeFile(path.join(profile, "user.js"), lines.join("\n"));
    const browser = spawn(file, ["--headless", "--marionette", "--no-remote", "--profile", profile], {
      stdio: "ignore",
    });
    const port = await portOf(profile);
    const socket = connect(port, "127.0.0.1");
    const firefox = new Firefox(browser, profile, socket);
    await firefox.#ask("WebDriver:NewSession", {});
    await firefox.#ask("WebDriver:SetTimeouts", { script: 180_000 });
    return firefox;
  }

  async go(url: string): Promise<void> {
    await this.#ask("WebDriver:Navigate", { url });
  }

  /** Runs a function of the page's, which may be async, and tells what it returns. */
  async evaluate<R, A extends readonly unknown[]>(
    work: (...args: A) => R | Promise<R>,
    ...args: A
  ): Promise<R> {
    const script = `const [args, done] = arguments; Promise.resolve((${work})(...args)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value } = (await this.#ask("WebDriver:ExecuteAsyncScript", {
      script,
      args: [args],
      sandbox: null,
    })) as {
      value: { value: R; error?: string };
    };
    if (value.error !== undefined) throw new Error(value.error);
    return value.value;
  }

  async close(): Promise<void> {
    this.socket.destroy();
    const over = new Promise((resolve) => this.browser.once("exit", resolve));
    this.browser.kill();
    await over;
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #ask(name: string, parameters: object): Promise<unknown> {
    const id = ++this.#next;
    const text = JSON.stringify([0, id, name, parameters]);
    this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ([error, result]) =>
        error ? reject(new Error(error.message)) : resolve(result),
      );
    });
  }

  #take(part: Buffer): void {
    this.#text = Buffer.concat([this.#text, part]);
    for (;;) {
      const colon = this.#text.indexOf(":");
      const end = colon + 1 + Number(this.#text.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || this.#text.length < end) return;
      const message = JSON.parse(this.#text.subarray(colon + 1, end).toString()) as unknown;
      this.#text = this.#text.subarray(end);
      // The first one says who is speaking.
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message as [number, number, { message: string } | null, unknown];
      this.#waiting.get(id)?.([error, result]);
      this.#waiting.delete(id);
    }
  }
}

/** Firefox writes down which port it took. */
async function portOf(profile: string): Promise<number> {
  for (let left = 600; left > 0; left--) {
    const text = await readFile(path.join(profile, "MarionetteActivePort"), "utf8").catch(() => "");
    if (text !== "") return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Firefox did not begin to listen within a minute.");
}
