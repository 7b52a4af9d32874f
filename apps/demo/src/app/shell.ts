import { drawView } from "../draw/draw-view.js";
import { type MessageName, type Voice, voiceOf } from "../text/index.js";
import type { TrainingDesk } from "../train/desk.js";
import { element, fill } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { shareButton } from "../ui/share.js";
import { type Address, VIEWS, type ViewName } from "./address.js";
import type { Preferences } from "./preferences.js";
import type { Readers } from "./readers.js";
import { ScrollPlaces } from "./scroll-places.js";
import type { Site, View } from "./site.js";

/** The first view is here at once; the others come when they are asked for. */
const views: Readonly<Record<ViewName, () => Promise<View>>> = {
  draw: async () => drawView,
  train: async () => (await import("../train/train-view.js")).trainView,
  playground: async () => (await import("../play/play-view.js")).playView,
  inside: async () => (await import("../inside/inside-view.js")).insideView,
  speed: async () => (await import("../speed/speed-view.js")).speedView,
};

/** Whether the service worker was there before the page: then to load it once more changes nothing. */
const wasServed = !!navigator.serviceWorker?.controller;

/** Header, footer and the place between them where the views come and go. */
export class Shell {
  readonly element: HTMLElement;
  readonly #address: Address;
  readonly #preferences: Preferences;
  readonly #readers: Readers;
  readonly #header = element("header", { class: "site-header" });
  readonly #main = element("main", { class: "site-main", id: "main", tabindex: -1 });
  readonly #footer = element("footer", { class: "site-footer" });
  readonly #live = element("p", { class: "unseen", "aria-live": "polite" });
  readonly #skip = element("a", { class: "skip", href: "#main" });
  readonly #scroll = new ScrollPlaces();
  #desk: Promise<TrainingDesk> | undefined;
  #openDesk: TrainingDesk | undefined;
  #shown: ViewName | undefined;
  #voice: Voice | undefined;
  #leave: (() => void) | undefined;
  #turn = 0;

  constructor(address: Address, preferences: Preferences, readers: Readers) {
    this.#address = address;
    this.#preferences = preferences;
    this.#readers = readers;
    this.#skip.addEventListener("click", (event) => {
      // The address is the site's own; the link only moves the focus.
      event.preventDefault();
      this.#main.focus();
    });
    this.element = element("div", {}, this.#skip, this.#header, this.#main, this.#footer, this.#live);
    address.onChange((isVisit) => {
      if (address.view === this.#shown && !isVisit) this.#linkViews();
      else void this.show(true);
    });
    preferences.onChange(() => void this.show());
  }

  /** Shows the view that the address names, in the language and the theme of now. */
  async show(moveFocus = false): Promise<void> {
    const turn = ++this.#turn;
    const top = moveFocus ? this.#scroll.enter() : 0;
    const name = this.#address.view;
    this.#shown = name;
    // Within another page: the view alone.
    document.documentElement.classList.toggle("embedded", this.#address.get("embed") === "1");
    delete this.#main.dataset.view;
    let voice: Voice;
    try {
      voice = await voiceOf(this.#preferences.language);
    } catch {
      // Without a network a language that was never here cannot come; English is.
      voice = await voiceOf("en");
    }
    if (turn !== this.#turn) return;
    this.#voice = voice;
    document.title = `${voice.say(`view.${name}`)} – Loam`;
    this.#writeFrame(voice);
    // A place of its own: a view that comes too late fills one that nobody sees.
    const place = element("div");
    try {
      const view = await views[name]();
      if (turn !== this.#turn) return;
      this.#leave?.();
      this.#leave = undefined;
      fill(this.#main, place);
      const leave = await view(place, this.#site(voice));
      if (turn !== this.#turn) return leave();
      this.#leave = leave;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#leave?.();
      this.#leave = undefined;
      const text = voice.say("site.failed", { message: voice.explain(error) });
      fill(this.#main, element("p", { class: "note bad", role: "alert" }, text));
    }
    // Set once the view is complete.
    this.#main.dataset.view = name;
    if (moveFocus) {
      scrollTo(0, top);
      this.#main.focus({ preventScroll: true });
    }
  }

  #site(voice: Voice): Site {
    return {
      address: this.#address,
      preferences: this.#preferences,
      voice,
      theme: this.#preferences.theme,
      readers: this.#readers,
      desk: () => this.#getDesk(),
      deskIfOpen: () => this.#openDesk,
      announce: (text) => this.#announce(text),
      say: voice.say,
    };
  }

  #announce(text: string): void {
    this.#live.textContent = text;
  }

  #getDesk(): Promise<TrainingDesk> {
    this.#desk ??= import("../train/desk.js").then(({ TrainingDesk }) => {
      this.#openDesk = new TrainingDesk(this.#readers);
      this.#openDesk.onChange(() => this.#markTraining());
      addEventListener("beforeunload", (event) => {
        if (this.#openDesk?.busy) event.preventDefault();
      });
      return this.#openDesk;
    });
    return this.#desk;
  }

  #writeFrame(voice: Voice): void {
    const { say } = voice;
    this.#skip.textContent = say("site.skip");
    const { language, theme } = this.#preferences;
    const other = theme === "dark" ? "light" : "dark";
    const toOther = say(theme === "dark" ? "site.toLight" : "site.toDark");
    const focused = this.#header.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.key
      : undefined;
    fill(
      this.#header,
      element(
        "a",
        { class: "brand", href: this.#address.link("draw"), "data-view": "draw" },
        icon("sprout"),
        "Loam",
      ),
      element(
        "nav",
        { class: "views", "aria-label": say("site.views") },
        VIEWS.map((view) =>
          element(
            "a",
            {
              href: this.#address.link(view),
              "data-view": view,
              "aria-current": view === this.#shown ? "page" : undefined,
            },
            icon(view),
            say(`view.${view}`),
          ),
        ),
      ),
      element(
        "div",
        { class: "preferences" },
        shareButton({ share: say("site.share"), copied: say("site.copied") }, (text) => this.#announce(text)),
        element(
          "button",
          {
            type: "button",
            class: "button plain",
            "data-key": "language",
            lang: language === "en" ? "ko" : "en",
            onclick: () => this.#preferences.chooseLanguage(language === "en" ? "ko" : "en"),
          },
          say("site.language"),
        ),
        element(
          "button",
          {
            type: "button",
            class: "button plain icon-only",
            "data-key": "theme",
            "aria-label": toOther,
            title: toOther,
            onclick: () => this.#preferences.chooseTheme(other),
          },
          icon(theme === "dark" ? "sun" : "moon"),
        ),
      ),
    );
    // Whoever pressed one of the two by keyboard finds the focus where it was.
    if (focused) this.#header.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
    fill(
      this.#footer,
      element("p", {}, icon("lock"), say("site.private")),
      element("p", {}, threadsNote(say)),
    );
    this.#markTraining();
  }

  #linkViews(): void {
    for (const link of this.#header.querySelectorAll<HTMLAnchorElement>("[data-view]")) {
      link.href = this.#address.link(link.dataset.view as ViewName);
    }
  }

  /** A dot beside "Train" while something is being trained, whatever view is shown. */
  #markTraining(): void {
    const link = this.#header.querySelector('[data-view="train"]');
    const dot = link?.querySelector(".busy-dot");
    const busy = this.#openDesk?.busy ?? false;
    if (busy && link && !dot) {
      const label = this.#voice?.say("site.training");
      link.append(element("span", { class: "busy-dot", role: "img", "aria-label": label }));
    } else if (!busy) dot?.remove();
  }
}

function threadsNote(say: (name: MessageName, values?: Record<string, number>) => string): string {
  const threads = crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1;
  if (threads > 1) return say("site.threads", { threads });
  if (crossOriginIsolated) return "";
  if (!isSecureContext) return say("site.oneThreadPlain");
  // Where a service worker has come meanwhile, the next load has its headers.
  const isServed = !wasServed && navigator.serviceWorker?.controller;
  return say(isServed ? "site.oneThreadReload" : "site.oneThread");
}
