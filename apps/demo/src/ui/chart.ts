import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { element } from "./element.js";
import { css, token } from "./picture.js";

export interface Series {
  readonly label: string;
  readonly colour: "--accent" | "--second" | "--third";
  /** Points and a thin line, for values that there are few of. */
  readonly sparse?: boolean;
}

/** One x for all series; a series has null where it has no value. */
export type Points = readonly [x: readonly number[], ...y: readonly (readonly (number | null)[])[]];

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly tableLabel: string;
  readonly series: readonly Series[];
  readonly range?: readonly [number | null, number | null];
  readonly show: (value: number) => string;
}

const HEIGHT = 230;
const TABLE_ROWS = 24;

/** A line chart with the same numbers as a table beneath it, for whoever cannot see lines. */
export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #place: HTMLElement;
  readonly #readout = element("p", { class: "readout small quiet", "aria-hidden": "true" }, "\u00a0");
  readonly #table: HTMLTableElement;
  readonly #details: HTMLDetailsElement;
  readonly #observer: ResizeObserver;
  #plot: uPlot | undefined;
  #points: Points;
  #due = false;

  constructor(options: ChartOptions) {
    this.#options = options;
    this.#points = [[], ...options.series.map(() => [])];
    this.#place = element("div", { "aria-hidden": "true" });
    this.#table = element("table", { class: "plain" });
    this.#details = element(
      "details",
      // "toggle" comes a task after the opening: whoever opens by hand gets the numbers with the frame, any other way (a search in the page) right after.
      { ontoggle: () => this.#details.open && this.#writeTable() },
      element("summary", { onclick: () => this.#writeTable() }, options.tableLabel),
      element(
        "div",
        { class: "table-frame", tabindex: "0", role: "region", "aria-label": options.title },
        this.#table,
      ),
    );
    this.element = element(
      "figure",
      { class: "chart stack" },
      element("figcaption", {}, element("h3", {}, options.title), this.#readout),
      this.#place,
      this.#details,
    );
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.#place);
  }

  /** Shows other numbers; many calls between two frames draw once. */
  set(points: Points): void {
    this.#points = points;
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#plot?.setData(this.#points as unknown as uPlot.AlignedData);
      if (this.#details.open) this.#writeTable();
    });
  }

  close(): void {
    this.#observer.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #resize(): void {
    const width = Math.floor(this.#place.clientWidth);
    if (width < 40) return;
    if (!this.#plot) this.#plot = this.#draw(width);
    else if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
  }

  #draw(width: number): uPlot {
    const { series, range, show } = this.#options;
    const soft = css(token("--ink-soft"));
    const grid = { stroke: css(token("--line")), width: 1 };
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { stroke: soft, grid, ticks: { show: false }, font };
    return new uPlot(
      {
        width,
        height: HEIGHT,
        // On the right there is room for half of the last number below the axis.
        padding: [8, 24, 8, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 7 } },
        hooks: { setCursor: [({ cursor }) => this.#read(cursor.idx ?? undefined)] },
        scales: {
          x: { time: false },
          y: { range: (_, low, high) => bounds(range, low, high) },
        },
        axes: [
          {
            ...axis,
            size: 28,
            values: (_, values) => values.map((value) => value.toLocaleString(document.documentElement.lang)),
          },
          { ...axis, size: 52, values: (_, values) => values.map(show) },
        ],
        series: [
          {},
          ...series.map(({ label, colour, sparse }) => ({
            label,
            stroke: css(token(colour)),
            width: sparse ? 1.5 : 2,
            spanGaps: true,
            ...(sparse
              ? { dash: [4, 3], points: { show: true, size: 7, fill: css(token(colour)) } }
              : { points: { show: false } }),
          })),
        ],
      },
      this.#points as unknown as uPlot.AlignedData,
      this.#place,
    );
  }

  /** The numbers under the pointer. A series that is sparse says its last one before it. */
  #read(at: number | undefined): void {
    const [x, ...columns] = this.#points;
    if (at === undefined || x[at] === undefined) {
      this.#readout.textContent = "\u00a0";
      return;
    }
    const { xLabel, series, show } = this.#options;
    const told = series.flatMap(({ label, sparse }, k) => {
      const before = sparse
        ? columns[k]!.slice(0, at + 1).findLast((value) => value !== null)
        : columns[k]![at];
      return before === null || before === undefined ? [] : [`${label} ${show(before)}`];
    });
    this.#readout.textContent = [
      `${xLabel} ${x[at].toLocaleString(document.documentElement.lang)}`,
      ...told,
    ].join(" · ");
  }

  /** Some 24 points of the lines, and as many of the series that have few: else those would hardly ever be among them. */
  #tableRows(): number[] {
    const [x, ...columns] = this.#points;
    const all = [...x.keys()];
    const { series } = this.#options;
    const isSparse = (i: number) =>
      columns.some((column, k) => series[k]!.sparse && (column[i] ?? null) !== null);
    const chosen = [...thinned(all, TABLE_ROWS), ...thinned(all.filter(isSparse), TABLE_ROWS)];
    return [...new Set(chosen)].sort((a, b) => a - b);
  }

  #writeTable(): void {
    const [x, ...columns] = this.#points;
    const { xLabel, series, show } = this.#options;
    const rows = this.#tableRows().map((i) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, x[i]!.toLocaleString(document.documentElement.lang)),
        columns.map((column) => {
          const value = column[i] ?? null;
          return element("td", { class: "number" }, value === null ? "–" : show(value));
        }),
      ),
    );
    this.#table.replaceChildren(
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "col" }, xLabel),
          series.map(({ label }) => element("th", { scope: "col", class: "number" }, label)),
        ),
      ),
      element("tbody", {}, rows),
    );
  }
}

/** At most `most` of some numbers, evenly chosen, both ends always among them. */
function thinned(numbers: readonly number[], most: number): readonly number[] {
  if (numbers.length <= most) return numbers;
  const gap = (numbers.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => numbers[Math.round(i * gap)]!);
}

function bounds(range: ChartOptions["range"], low: number | null, high: number | null): [number, number] {
  const bottom = range?.[0] ?? low ?? 0;
  const top = range?.[1] ?? (high === null || high === bottom ? bottom + 1 : high * 1.04);
  return [bottom, top];
}
