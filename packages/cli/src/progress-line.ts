import { showCount, showDuration, showLoss, showPercent } from "./format.js";

/** What a moment of training looks like; the fields of nn's `Progress` that are shown. */
export interface ProgressView {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy?: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
}

const BAR_CELLS = 28;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of `cells` characters, filled to an eighth of a cell. */
export function progressBar(fraction: number, cells: number): string {
  const eighths = Math.floor(Math.min(Math.max(fraction, 0), 1) * cells * 8);
  const full = "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7];
  return full + "░".repeat(cells - full.length);
}

/** The parts of a line in falling order of what a narrow terminal can do without last. */
function parts(view: ProgressView): string[] {
  const epoch = `epoch ${String(view.epoch).padStart(String(view.epochs).length)}/${view.epochs}`;
  return [
    epoch,
    `loss ${showLoss(view.loss)}`,
    ...(view.accuracy === undefined ? [] : [`accuracy ${showPercent(view.accuracy, 1)}`]),
    `${showDuration(view.secondsLeft)} left`,
    `${showCount(view.samplesPerSecond)} samples/s`,
  ];
}

/**
 * The progress bar as one line that is shorter than `columns`: the bar shrinks first, then the figures go, the least needed first,
 * so that a narrow window never wraps.
 */
export function progressBarLine(view: ProgressView, columns: number): string {
  const fraction = view.steps === 0 ? 1 : view.step / view.steps;
  const percent = `${String(Math.floor(fraction * 100)).padStart(3)} %`;
  const shown = parts(view);
  const rest = () => [percent, ...shown.slice(1)].join("  ");
  const roomForBar = () => columns - 1 - shown[0]!.length - 2 - 2 - rest().length;
  while (shown.length > 1 && roomForBar() < 8) shown.pop();
  const cells = Math.min(BAR_CELLS, roomForBar());
  if (cells < 4) return `${shown[0]}  ${percent}`.slice(0, Math.max(columns - 1, 0));
  return `${shown[0]}  ${progressBar(fraction, cells)}  ${rest()}`;
}

/** The same for a pipe or a log file: `epoch 1/2  40 %  step 250/625  loss 0.3120  …`. */
export function progressTextLine(view: ProgressView): string {
  const percent = `${Math.floor((view.steps === 0 ? 1 : view.step / view.steps) * 100)} %`;
  const [epoch, ...rest] = parts(view);
  return [epoch, percent, `step ${view.step}/${view.steps}`, ...rest].join("  ");
}

/**
 * Says when a plain line is due: a tenth of the run has been done since the last, or ten seconds have passed, but never two lines
 * within a second. The first tenth of a run of a few seconds is therefore silent.
 */
export class LinePace {
  #lastMs: number;
  #lastFraction = 0;

  constructor(startMs: number) {
    this.#lastMs = startMs;
  }

  due(nowMs: number, fraction: number): boolean {
    const waited = nowMs - this.#lastMs;
    if (waited < 1000 || (fraction - this.#lastFraction < 0.1 && waited < 10_000)) return false;
    this.#lastMs = nowMs;
    this.#lastFraction = fraction;
    return true;
  }
}
