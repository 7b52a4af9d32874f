/** What a process hears: an order, that it is to end early, and what the parent has of what was asked for by that number. */
export type FromParent<Order> =
  | { readonly order: Order }
  | { readonly stop: true }
  | { readonly asked: number; readonly found: unknown };

/** What it says: of an order how it ended, and before that whatever is to be known on the way, or what it asks for. */
export type FromProcess<Answer, News> =
  | { readonly answer: Answer }
  | { readonly news: News }
  | { readonly asks: string; readonly number: number };

/** What an order's work has beside the order. */
export interface OrderContext<News> {
  /** Comes when the work is to end early, or when whoever wanted it is gone. */
  readonly signal: AbortSignal;
  /** Tells the parent something on the way. */
  readonly tell: (news: News) => void;
  /** What the parent has by this name; undefined where it has nothing, or is gone. */
  readonly ask: (name: string) => Promise<unknown>;
}

/**
 * The other end of a `ProcessPool`: carries out what the parent sends, one order after the other, until that hangs up or is gone. What `work` throws is
 * nobody's answer, and ends the process.
 * @throws {Error} in a process that no pool has started.
 */
export async function serveOrders<Order, Answer, News = never>(
  work: (order: Order, context: OrderContext<News>) => Promise<Answer>,
): Promise<void> {
  if (process.send === undefined) throw new Error("serveOrders: this process was not started by a pool");
  const say = (message: FromProcess<Answer, News>) =>
    new Promise<void>((resolve) => {
      if (process.connected) process.send!(message, undefined, undefined, () => resolve());
      else resolve();
    });
  let under: AbortController | undefined;
  let last = Promise.resolve();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const asked: ((found: unknown) => void)[] = [];
  const ask = (asks: string) =>
    new Promise<unknown>((resolve) => {
      void say({ asks, number: asked.push(resolve) - 1 });
      if (!process.connected) resolve(undefined);
    });
  process.on("message", (message: FromParent<Order>) => {
    if ("stop" in message) {
      under?.abort();
      return;
    }
    if ("asked" in message) {
      asked[message.asked]?.(message.found);
      return;
    }
    const { order } = message;
    const own = new AbortController();
    under = own;
    last = last.then(async () => {
      const answer = await work(order, { signal: own.signal, tell: (news) => void say({ news }), ask });
      await say({ answer });
    });
    last.catch(fail);
  });
  const gone = new Promise<void>((resolve) => {
    process.once("disconnect", () => {
      under?.abort();
      for (const one of asked) one(undefined);
      resolve();
    });
  });
  try {
    await Promise.race([gone, failed]);
    await last;
  } catch (error) {
    // The parent hears of the process's end, and does not keep it.
    if (process.connected) process.disconnect();
    throw error;
  }
}
