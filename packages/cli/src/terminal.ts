import { SingleBar } from "cli-progress";
import { LinePace, type ProgressView, progressBarLine, progressTextLine } from "./progress-line.js";
import { visible } from "./visible.js";

/** Where text goes: `process.stdout` and `process.stderr`, or a test's own. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * All that the command prints. Results go to stdout, everything else to stderr, so that `loam … > file` and `loam … | program` get the
 * results and nothing more.
 */
export class Terminal {
  constructor(
    readonly stdout: Output,
    readonly stderr: Output,
  ) {}

  /** How many characters fit into a line of what was asked for; 100 where it goes to a file. */
  get columns(): number {
    return (this.stdout.isTTY === true && this.stdout.columns) || 100;
  }

  /** A line of what was asked for. */
  result(line: string): void {
    // In a file they are what they are; on a terminal a name from a file must not move the cursor.
    this.stdout.write(`${this.stdout.isTTY === true ? visible(line) : line}\n`);
  }

  /** One JSON object on a line of its own. Numbers that JSON cannot say become null. */
  json(value: object): void {
    this.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A line about what is going on. */
  note(line: string): void {
    this.stderr.write(`${visible(line)}\n`);
  }

  /** Says on a terminal what takes a moment; call what it returns when the moment is over. */
  busy(text: string): () => void {
    if (this.stderr.isTTY !== true) return () => {};
    this.stderr.write(`${text}…`);
    return () => this.stderr.write("\r\x1b[K");
  }

  /** Says how far that is, behind what `busy` said; often called, and seldom shown. */
  busyAt(text: string, done: number, total: number): void {
    if (this.stderr.isTTY === true && done % 8 === 0) this.stderr.write(`\r${text}… ${done} of ${total}`);
  }

  /** One sentence about what went wrong. */
  error(sentence: string): void {
    this.stderr.write(`loam: ${bounded(visible(sentence))}\n`);
  }

  /** Shows training: a bar on a terminal, a plain line now and then elsewhere. */
  progress(): TrainingProgress {
    return this.stderr.isTTY === true ? new BarProgress(this.stderr) : new LineProgress(this.stderr);
  }
}

/** The most characters of one sentence: what it quotes of a file may be as long as the file. */
const LONGEST = 4000;

function bounded(sentence: string): string {
  return sentence.length > LONGEST ? `${sentence.slice(0, LONGEST)}…` : sentence;
}

/** The moving part of the screen. */
export interface TrainingProgress {
  update(view: ProgressView): void;
  /** A line that stays, above whatever moves. */
  line(text: string): void;
  /** Takes the moving part away. */
  stop(): void;
}

/** Milliseconds behind a line in which no bar is drawn: it would be gone before it was seen where epochs are that short, and cost a part of them. */
const UNSEEN = 100;

class BarProgress implements TrainingProgress {
  #bar: SingleBar | undefined;
  #lastLine = Number.NEGATIVE_INFINITY;

  constructor(readonly output: Output) {}

  update(view: ProgressView): void {
    if (this.#bar === undefined && performance.now() - this.#lastLine < UNSEEN) return;
    this.#bar ??= this.#start(view);
    this.#bar.update(view.step, { view });
  }

  line(text: string): void {
    this.stop();
    this.output.write(`${text}\n`);
    this.#lastLine = performance.now();
  }

  stop(): void {
    if (this.#bar === undefined) return;
    this.#bar.stop();
    this.#bar = undefined;
    // When the window was narrowed, the bar may have left pieces of itself below.
    this.output.write("\r\x1b[J");
  }

  #start(view: ProgressView): SingleBar {
    const bar = new SingleBar({
      // The narrowing is ours; cli-progress keeps the line, the rate and the cursor.
      format: (_options, _params, payload: { view: ProgressView }) =>
        progressBarLine(payload.view, this.output.columns ?? 80),
      stream: this.output as NodeJS.WritableStream,
      clearOnComplete: true,
      // Nothing is switched off in the terminal, so that nothing needs to be switched on again after a crash.
      hideCursor: false,
      linewrap: true,
    });
    bar.start(view.steps, view.step, { view });
    return bar;
  }
}

class LineProgress implements TrainingProgress {
  readonly #pace = new LinePace(performance.now());

  constructor(readonly output: Output) {}

  update(view: ProgressView): void {
    const fraction = view.steps === 0 ? 1 : view.step / view.steps;
    if (this.#pace.due(performance.now(), fraction)) this.line(progressTextLine(view));
  }

  line(text: string): void {
    this.output.write(`${text}\n`);
  }

  stop(): void {}
}
