import { reducedMotion } from "../app/preferences.js";
import type { Site } from "../app/site.js";
import { OPTIMIZERS, type OptimizerName } from "../train/settings.js";
import { Change } from "../ui/change.js";
import { button, field, numberInput, select } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { placesOf } from "./finish.js";
import { LANDSCAPES, type LandscapeName } from "./landscapes.js";
import { Race } from "./race.js";
import { RaceMap } from "./race-map.js";
import { type RaceSettings, readRace, usualRace, writeRace } from "./race-settings.js";
import { RacerList } from "./racer-list.js";
import { Workbench } from "./workbench.js";

/** A race ends by itself after so many steps. */
const LAST_STEP = 600;
const STEPS_PER_SECOND = 60;
const PODIUM = 3;
/** How far a race goes at once where less movement is wanted. */
const STILL_STEPS = 150;

/** Eight optimizers on a contour map. */
export function raceLook(place: HTMLElement, site: Site): () => void {
  const look = new RaceLook(site);
  place.append(look.element);
  look.restart();
  return () => look.close();
}

class RaceLook {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #bench = new Workbench();
  readonly #map: RaceMap;
  readonly #list: RacerList;
  readonly #buttons = element("div", { class: "row" });
  readonly #steps = element("p", { class: "quiet", "data-steps": "" });
  readonly #podium = element("div", { role: "status" });
  readonly #podiumWritten = new Change();
  readonly #startFields = element("div", { class: "pair" });
  #settings: RaceSettings;
  #race: Race | undefined;
  /** Its own object for each time that Race was pressed; undefined while nothing moves. */
  #playing: object | undefined;
  #closed = false;

  constructor(site: Site) {
    const { say, address } = site;
    this.#site = site;
    this.#settings = readRace(address);
    this.#map = new RaceMap(this.#settings, say("race.canvas"), (start) => this.#startAt(start));
    this.#list = new RacerList(site, {
      onresting: (name, resting) => {
        const changed = new Set(this.#settings.resting);
        if (resting) changed.add(name);
        else changed.delete(name);
        this.#change({ resting: changed });
        this.#show();
      },
      onrate: (name, rate) => this.#setRate(name, rate),
    });
    this.element = element(
      "section",
      { class: "card stack wide" },
      element(
        "div",
        { class: "view-head" },
        element("h2", {}, say("race.title")),
        element("p", {}, say("race.more")),
      ),
      element(
        "div",
        { class: "race" },
        element(
          "div",
          { class: "stack" },
          this.#map.canvas,
          element("div", { class: "row spread" }, this.#buttons, this.#steps),
          this.#podium,
          element("p", { class: "quiet small" }, say("race.start")),
        ),
        element(
          "div",
          { class: "stack" },
          field(
            say("race.landscape"),
            select(
              (Object.keys(LANDSCAPES) as LandscapeName[]).map((value) => ({
                value,
                label: say(`race.f.${value}`),
              })),
              this.#settings.hill,
              (hill) => this.#choose(hill),
            ),
          ),
          this.#startFields,
          this.#list.element,
        ),
      ),
    );
    this.#list.write(this.#settings);
    this.#showStart();
    this.#showButtons();
  }

  close(): void {
    this.#closed = true;
    this.#playing = undefined;
    this.#map.close();
    void this.#bench.close();
  }

  /** Everybody back to the start. */
  restart(): void {
    this.#pause();
    void this.#work(async () => {
      const { hill, rates, start } = this.#settings;
      this.#race = await Race.prepare(this.#bench, LANDSCAPES[hill], rates, start);
    });
  }

  /** Does something with the kernels when its turn comes, and shows what came of it: what is asked for before they are there is not lost. */
  async #work(work: () => Promise<void>): Promise<void> {
    try {
      await this.#bench.inTurn(async () => {
        if (!this.#closed) await work();
      });
      this.#show();
    } catch (error) {
      this.#pause();
      this.#steps.textContent = this.#site.say("site.failed", { message: this.#site.voice.explain(error) });
    }
  }

  #change(change: Partial<RaceSettings>): void {
    this.#settings = { ...this.#settings, ...change };
    writeRace(this.#site.address, this.#settings);
  }

  #choose(hill: LandscapeName): void {
    this.#change({ ...usualRace(hill), resting: this.#settings.resting });
    this.#list.write(this.#settings);
    this.#showStart();
    this.restart();
  }

  #startAt([x, y]: readonly [number, number]): void {
    this.#change({ start: [round(x), round(y)] });
    this.#showStart();
    this.restart();
  }

  /** The start in numbers: the map asks for a pointer. */
  #showStart(): void {
    const { say } = this.#site;
    const { start } = this.#settings;
    const focused = [...this.#startFields.querySelectorAll("input")].indexOf(
      document.activeElement as HTMLInputElement,
    );
    const coordinate = (axis: 0 | 1) =>
      field(
        say(axis === 0 ? "race.startX" : "race.startY"),
        numberInput({ value: start[axis], min: -100, max: 100 }, (value) =>
          this.#startAt(axis === 0 ? [value, start[1]] : [start[0], value]),
        ),
      );
    fill(this.#startFields, coordinate(0), coordinate(1));
    this.#startFields.querySelectorAll("input")[focused]?.focus();
  }

  #setRate(name: OptimizerName, rate: number): void {
    this.#change({ rates: { ...this.#settings.rates, [name]: rate } });
    void this.#work(async () => this.#race?.setRate(name, rate));
  }

  #advance(steps: number): Promise<void> {
    return this.#work(async () => {
      for (let i = 0; i < steps && !this.#closed; i++) await this.#race?.advance();
    });
  }

  async #play(): Promise<void> {
    if (this.#race && this.#race.step >= LAST_STEP) this.restart();
    const playing = {};
    this.#playing = playing;
    this.#showButtons();
    if (reducedMotion()) {
      // All at once: nothing moves, and the ways are there to be looked at.
      await this.#advance(STILL_STEPS);
      return this.#pause();
    }
    let last = performance.now();
    while (this.#playing === playing) {
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const due = Math.floor(((now - last) / 1000) * STEPS_PER_SECOND);
      if (due <= 0) continue;
      last += (due * 1000) / STEPS_PER_SECOND;
      await this.#advance(Math.min(4, due));
      if (this.#race && this.#race.step >= LAST_STEP) this.#pause();
    }
  }

  #pause(): void {
    if (!this.#playing) return;
    this.#playing = undefined;
    this.#showButtons();
  }

  #showButtons(): void {
    const { say } = this.#site;
    const focused = this.#buttons.contains(document.activeElement);
    const playing = this.#playing !== undefined;
    const main = button(
      {
        label: say(playing ? "race.pause" : "race.play"),
        icon: playing ? "pause" : "play",
        main: true,
      },
      () => (playing ? this.#pause() : void this.#play()),
    );
    fill(
      this.#buttons,
      main,
      button({ label: say("race.step"), icon: "step" }, () => void this.#advance(1)),
      button({ label: say("race.reset"), icon: "reset", iconOnly: true }, () => this.restart()),
    );
    if (focused) main.focus();
  }

  #show(): void {
    if (this.#closed) return;
    this.#map.show(this.#settings, this.#race);
    if (!this.#race) return;
    this.#steps.textContent = this.#site.say("race.steps", { step: this.#race.step });
    this.#list.showHeights(this.#settings, this.#race);
    this.#showPodium(this.#race);
  }

  /** Who was down first, once the race is over. */
  #showPodium(race: Race): void {
    const { say, voice } = this.#site;
    const { hill, resting } = this.#settings;
    const isOver = race.step >= LAST_STEP;
    const places = isOver ? placesOf(race, LANDSCAPES[hill], resting) : [];
    if (!this.#podiumWritten.to(places)) return;
    const [first] = places;
    if (!first) {
      fill(this.#podium);
      return;
    }
    fill(
      this.#podium,
      element("h3", {}, say("race.finish")),
      element(
        "ol",
        { class: "podium" },
        places
          .slice(0, PODIUM)
          .map(({ name, height, step }) =>
            element(
              "li",
              {},
              element("span", { class: `dot r${OPTIMIZERS.indexOf(name)}`, "aria-hidden": "true" }),
              element("strong", {}, say(`train.opt.${name}`)),
              element(
                "span",
                { class: "quiet small" },
                step === undefined
                  ? say("race.notDown", { height: voice.number(height, 2) })
                  : say("race.downAt", { step }),
              ),
            ),
          ),
      ),
      element("p", { class: "quiet small" }, say("race.finishMore")),
    );
  }
}

/** Three digits after the point: what a finger can choose, and short in the address. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
