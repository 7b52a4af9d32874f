import type { Site } from "../app/site.js";
import { element, fill } from "../ui/element.js";

/** Above this the network is called sure, above the other likely right. */
const SURE = 0.95;
const LIKELY = 0.6;
/** Only what stands for so long is read out, in milliseconds: not every state of a stroke. */
const ANNOUNCE_AFTER = 700;

/** What the network reads, large and in words. */
export class Verdict {
  readonly element = element("div", { class: "verdict" });
  readonly #site: Site;
  #spoken: ReturnType<typeof setTimeout> | undefined;

  constructor(site: Site) {
    this.#site = site;
  }

  close(): void {
    clearTimeout(this.#spoken);
  }

  /** Shows the two best of ten probabilities, and how long reading took. */
  show(probabilities: Float32Array, ms: number): void {
    const { say, voice, announce } = this.#site;
    const [best = 0, second = 0] = byProbability(probabilities);
    const share = probabilities[best]!;
    const words =
      share >= SURE
        ? say("draw.sure", { digit: best })
        : share >= LIKELY
          ? say("draw.likely", { digit: best })
          : say("draw.unsure", { digit: best, other: second });
    const certainty = voice.percent(share);
    const took = say("draw.took", { ms: voice.number(ms, 1) });
    this.#write(String(best), share < LIKELY, words, `${certainty} · ${took}`);
    this.#spoken = setTimeout(() => announce(`${words}, ${certainty}`), ANNOUNCE_AFTER);
  }

  /** What is drawn is like no digit; the nearest is told all the same. */
  showUnlike(probabilities: Float32Array): void {
    const { say, announce } = this.#site;
    const [nearest = 0] = byProbability(probabilities);
    const words = say("draw.unlike");
    this.#write("?", true, words, say("draw.unlikeMore", { digit: nearest }));
    this.#spoken = setTimeout(() => announce(words), ANNOUNCE_AFTER);
  }

  /** Which pixels speak for a digit is shown on the pad. */
  showWhy(digit: number, share: number): void {
    const { say, voice } = this.#site;
    this.#write(
      String(digit),
      false,
      say("draw.why", { digit }),
      say("draw.whyMore", { digit, share: voice.percent(share) }),
    );
  }

  /** Nothing is drawn. */
  showNothing(): void {
    const { say } = this.#site;
    this.#write("?", true, say("draw.nothing"), say("draw.nothingMore"));
  }

  showError(error: Error): void {
    clearTimeout(this.#spoken);
    const text = this.#site.say("draw.loadFailed", { message: this.#site.voice.explain(error) });
    fill(this.element, element("p", { class: "note bad", role: "alert" }, text));
  }

  #write(sign: string, unsure: boolean, words: string, more: string): void {
    clearTimeout(this.#spoken);
    fill(
      this.element,
      element("div", { class: `verdict-digit${unsure ? " unsure" : ""}`, "aria-hidden": "true" }, sign),
      element(
        "div",
        { class: "verdict-words" },
        element("strong", {}, words),
        element("span", { class: "quiet" }, more),
      ),
    );
  }
}

/** The digits, the likeliest first. */
export function byProbability(probabilities: Float32Array): number[] {
  return Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
}
