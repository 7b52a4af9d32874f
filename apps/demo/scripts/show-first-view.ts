import { Address } from "../src/app/address.js";
import { Preferences } from "../src/app/preferences.js";
import { Readers } from "../src/app/readers.js";
import { Shell } from "../src/app/shell.js";

/** No network is fetched to write a page down. */
class NoReaders extends Readers {
  override shipped(): Promise<never> {
    return new Promise(() => {});
  }
}

const address = new Address();
/** The site as the page's program makes it, its first view complete. */
export const shell = new Shell(address, new Preferences(address), new NoReaders());
await shell.show();
