import { element } from "./element.js";

/** Hands a file to the visitor, as downloads are. */
export function offerFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  // The download has begun with the click; the address is not needed any more.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
