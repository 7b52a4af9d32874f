// The kernel worker: one file that becomes, by its first message, a helper thread of an engine or the engine of a page.
import { platform } from "#platform";
import { workerPort } from "#worker-port";
import { instantiateModule, type ProgramExports } from "../instance.js";
import { LocalEngine } from "../local-engine.js";
import { abort } from "./barrier.js";
import type {
  EngineAnswer,
  EngineCall,
  EngineStart,
  SaidError,
  ThreadStart,
  WorkerReady,
} from "./messages.js";

const port = workerPort;

async function beThread({ module, memory, barrier, job, thread, spins }: ThreadStart): Promise<void> {
  const exports = (await instantiateModule(module, memory)) as unknown as ProgramExports;
  exports.set_barrier(barrier);
  port.post({ ready: true } satisfies WorkerReady);
  try {
    exports.worker_loop(job, thread, spins);
  } catch (error) {
    // Who waits for this thread may be unable to hear a message: it reads a word.
    abort(memory, barrier);
    throw error;
  }
}

async function beEngine({ options, full }: EngineStart): Promise<void> {
  const engine = await LocalEngine.create(options, platform, full);
  // One call after the other, in the order of their arrival, as the engine promises.
  let last: Promise<void> = Promise.resolve();
  port.onMessage((message) => {
    last = last.then(() => serve(engine, message as EngineCall));
  });
  // What a page is told is final.
  await engine.settled;
  const { threads, binary, notes } = engine;
  port.post({ ready: true, engine: { threads, binary, notes } } satisfies WorkerReady);
}

function said(error: unknown): SaidError {
  const { name, code, message } = error as Error & { code?: string };
  return { name, message, ...(code !== undefined && { code }) };
}

async function serve(engine: LocalEngine, call: EngineCall): Promise<void> {
  try {
    const value = await answer(engine, call);
    const transfer = value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [];
    port.post({ id: call.id, value } satisfies EngineAnswer, transfer);
  } catch (error) {
    port.post({ id: call.id, error: said(error) } satisfies EngineAnswer);
  }
}

function answer(engine: LocalEngine, call: EngineCall): Promise<unknown> {
  switch (call.method) {
    case "allocate":
      return engine.allocate(call.bytes);
    case "write":
      return engine.write(call.address, call.data);
    case "read":
      return engine.read(call.address, call.bytes);
    case "randomWords":
      return engine.randomWords(call.address, call.blocks, call.place);
    case "run":
      return engine.run(call.program, call.times, {
        ...(call.budget !== undefined && { budget: call.budget }),
        ...(call.threads !== undefined && { threads: call.threads }),
      });
    case "loadFull":
      return engine.loadFull();
    case "memoryBytes":
      return engine.memoryBytes();
    case "close":
      return engine.close();
  }
}

port.onFirstMessage(async (message) => {
  try {
    const start = message as ThreadStart | EngineStart;
    if (start.role === "thread") await beThread(start);
    else await beEngine(start);
  } catch (error) {
    port.post({ ready: false, ...said(error) } satisfies WorkerReady);
  }
});
