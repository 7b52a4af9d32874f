import type { MessageName, Voice } from "../text/index.js";
import type { TrainingDesk } from "../train/desk.js";
import type { Address } from "./address.js";
import type { Preferences, Theme } from "./preferences.js";
import type { Readers } from "./readers.js";

/** What every view gets: where the state lives, the words, and the things that outlive a view. */
export interface Site {
  readonly address: Address;
  readonly preferences: Preferences;
  readonly voice: Voice;
  readonly theme: Theme;
  readonly readers: Readers;
  /** Loads the training room when it is first needed; what it trains goes on whatever view is shown. */
  desk(): Promise<TrainingDesk>;
  /** The same, but only if it has been needed before. */
  deskIfOpen(): TrainingDesk | undefined;
  /** Says something to whoever listens to the page instead of seeing it. */
  announce(text: string): void;
  say(name: MessageName, values?: Readonly<Record<string, string | number>>): string;
}

/** Fills the page's main part. @returns what is to be done when the view is left. */
export type View = (main: HTMLElement, site: Site) => (() => void) | Promise<() => void>;
