import { Address } from "./app/address.js";
import { seekIsolation } from "./app/isolation.js";
import { keepForOffline } from "./app/offline.js";
import { Preferences } from "./app/preferences.js";
import { Readers } from "./app/readers.js";
import { seen } from "./app/seen.js";
import { Shell } from "./app/shell.js";

const address = new Address();
const preferences = new Preferences(address);
const readers = new Readers();
const shell = new Shell(address, preferences, readers);
// A file that is dropped beside its box would take the page's place.
for (const type of ["dragover", "drop"] as const) {
  addEventListener(type, (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
}
const shown = shell.show();
// The first view, as it came with the page, stands in until the program's own is complete. The others have none.
if (document.documentElement.dataset.frame) void Promise.all([shown, seen()]).then(put);
else put();

function put(): void {
  for (const frame of document.querySelectorAll(".frame")) frame.remove();
  document.body.append(shell.element);
}
if (address.get("embed") === "1" && parent !== window)
  void import("./app/host-page.js").then(({ serveHost }) => serveHost(readers, address));
void seekIsolation();
keepForOffline();
