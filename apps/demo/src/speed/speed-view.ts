import type { Precision } from "@loam/kernels-as";
import type { Site } from "../app/site.js";
import { drawDigits } from "../train/digits.js";
import { button } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { viewHead } from "../ui/view-head.js";
import { ladder, type Rung } from "./ladder.js";
import { measureLoop, measureSteps, ProductMeasure } from "./measurements.js";

const PRODUCT = 512;
const SIZES = [64, 128, 256, 1024] as const;
const NETWORKS = ["mlp", "cnn", "lenet"] as const;
const DIGITS = 2_000;

/** What has been measured; it outlives the view, as no one wants to wait for it twice. */
interface Results {
  loop?: number;
  products: Map<string, { label: string; precision: Precision; value: number }>;
  sizes: Map<number, number>;
  steps: Map<string, number>;
  binary?: "plain" | "relaxed";
  done: boolean;
}

let results: Results | undefined;

/** How fast this device multiplies matrices and trains networks. */
export function speedView(main: HTMLElement, site: Site): () => void {
  const view = new SpeedView(site);
  main.append(viewHead(site.say("speed.title"), site.say("speed.lead")), view.element);
  view.show();
  return () => view.close();
}

class SpeedView {
  readonly element = element("div", { class: "stack wide" });
  readonly #site: Site;
  readonly #bar = element("div", { class: "row" });
  readonly #status = element("p", { class: "quiet", role: "status", "data-speed": "" });
  readonly #panels = element("div", { class: "speed-grid" });
  #running = false;
  #closed = false;

  constructor(site: Site) {
    this.#site = site;
    this.element.append(element("div", { class: "row" }, this.#bar, this.#status), this.#panels);
  }

  close(): void {
    this.#closed = true;
  }

  show(): void {
    const { say } = this.#site;
    fill(
      this.#bar,
      button(
        {
          label: say(results ? "speed.again" : "speed.run"),
          icon: "play",
          main: true,
          disabled: this.#running,
        },
        () => void this.#measure(),
      ),
    );
    if (!this.#running) this.#status.textContent = say(results?.done ? "speed.done" : "speed.idle");
    this.#showPanels();
  }

  async #measure(): Promise<void> {
    this.#running = true;
    const found: Results = { products: new Map(), sizes: new Map(), steps: new Map(), done: false };
    results = found;
    this.show();
    try {
      for (const [what, work] of this.#plan(found)) {
        if (this.#closed) break;
        this.#status.textContent = this.#site.say("speed.running", { what });
        await work();
        this.show();
      }
      found.done = !this.#closed;
    } catch (error) {
      this.#status.textContent = this.#site.say("site.failed", { message: (error as Error).message });
      this.#running = false;
      return this.#showPanels();
    }
    this.#running = false;
    this.show();
  }

  #plan(found: Results): [string, () => Promise<void>][] {
    const { say } = this.#site;
    const products = (precision: Precision, threads: "auto" | 1) => async () => {
      const measure = await ProductMeasure.open(precision, threads);
      try {
        const key = `${precision} ${measure.threads}`;
        if (found.products.has(key)) return;
        if (precision === "fast") found.binary = measure.binary;
        const label = say(precision === "fast" ? "speed.fast" : "speed.plain", { threads: measure.threads });
        found.products.set(key, { label, precision, value: await measure.gflops(PRODUCT) });
        if (precision !== "fast" && threads === "auto") {
          for (const size of SIZES) found.sizes.set(size, await measure.gflops(size));
        }
      } finally {
        await measure.close();
      }
    };
    const one = { threads: 1 };
    return [
      [
        say("speed.loop"),
        async () => {
          found.loop = await measureLoop(256);
        },
      ],
      [say("speed.plain", one), products("standard", 1)],
      [say("speed.products"), products("standard", "auto")],
      [say("speed.fast", one), products("fast", 1)],
      [say("speed.products"), products("fast", "auto")],
      ...NETWORKS.flatMap((name) =>
        (["standard", "fast"] as const).map((precision): [string, () => Promise<void>] => [
          say(`speed.steps.${name}`),
          async () => {
            const { training } = await drawDigits(DIGITS, () => {});
            found.steps.set(`${name} ${precision}`, await measureSteps(name, training, precision));
          },
        ]),
      ),
    ];
  }

  #showPanels(): void {
    const { say, voice } = this.#site;
    const head = [say("speed.what"), say("speed.measured")] as const;
    const gflops = (value: number) => say("speed.gflops", { value: voice.number(value, value < 10 ? 1 : 0) });
    const panel = (title: string, more: string, content: HTMLElement) =>
      element(
        "section",
        { class: "card stack" },
        element("h2", {}, title),
        element("p", { class: "quiet" }, more),
        content,
      );
    const rungs: Rung[] = [{ label: say("speed.loop"), value: results?.loop, kind: "other" }];
    if (results && results.products.size > 0) {
      for (const { label, precision, value } of results.products.values()) {
        rungs.push(precision === "fast" ? { label, value, kind: "fast" } : { label, value });
      }
    } else rungs.push({ label: say("speed.plain", { threads: 1 }), value: undefined });
    const best = Math.max(0, ...[...(results?.products.values() ?? [])].map(({ value }) => value));
    const factor =
      results?.loop && best > 0 ? say("speed.factor", { factor: voice.number(best / results.loop, 0) }) : "";
    const threads = crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1;
    const steps = NETWORKS.flatMap((name): Rung[] => [
      { label: say(`speed.steps.${name}`), value: results?.steps.get(`${name} standard`) },
      {
        label: `${say(`speed.steps.${name}`)}, fast`,
        value: results?.steps.get(`${name} fast`),
        kind: "fast",
      },
    ]);
    fill(
      this.#panels,
      panel(
        say("speed.products"),
        `${say("speed.productsMore")} ${factor}`,
        ladder(say("speed.products"), head, rungs, gflops),
      ),
      panel(
        say("speed.training"),
        say("speed.trainingMore"),
        ladder(say("speed.training"), head, steps, (value) =>
          say("speed.steps", { value: voice.number(value, 0) }),
        ),
      ),
      panel(
        say("speed.sizes"),
        say("speed.plain", { threads }),
        ladder(
          say("speed.sizes"),
          head,
          SIZES.map((size) => ({ label: `${size}×${size}`, value: results?.sizes.get(size) })),
          gflops,
        ),
      ),
      panel(say("speed.device"), "", this.#device()),
    );
  }

  #device(): HTMLElement {
    const { say, voice } = this.#site;
    const yesNo = (yes: boolean) => say(yes ? "speed.yes" : "speed.no");
    const facts = [
      [say("speed.cores"), voice.number(navigator.hardwareConcurrency)],
      [say("speed.isolated"), yesNo(crossOriginIsolated)],
      [say("speed.relaxed"), results?.binary ? yesNo(results.binary === "relaxed") : "–"],
    ];
    return element(
      "table",
      { class: "plain" },
      element(
        "tbody",
        {},
        facts.map(([name = "", value = ""]) =>
          element("tr", {}, element("th", { scope: "row" }, name), element("td", { class: "number" }, value)),
        ),
      ),
    );
  }
}
