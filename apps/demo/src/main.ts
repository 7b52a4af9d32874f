import { Address } from "./app/address.js";
import { seekIsolation } from "./app/isolation.js";
import { keepForOffline } from "./app/offline.js";
import { Preferences } from "./app/preferences.js";
import { Readers } from "./app/readers.js";
import { Shell } from "./app/shell.js";

const address = new Address();
const preferences = new Preferences(address);
const shell = new Shell(address, preferences, new Readers());
document.body.append(shell.element);
// A file that is dropped beside its box would take the page's place.
for (const type of ["dragover", "drop"] as const) {
  addEventListener(type, (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
}
void shell.show();
void seekIsolation();
keepForOffline();
