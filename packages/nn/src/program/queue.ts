/** Runs asynchronous tasks one after the other, in the order in which they were given. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** The task's own result; one that fails does not keep the next from running. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
