import { button } from "./controls.js";
import { copyButton } from "./copy.js";

/** A button that passes the page on as it is now, all of which is in its address: by the device's own means, or copied. */
export function shareButton(
  words: { share: string; copied: string },
  announce: (text: string) => void,
): HTMLButtonElement {
  const options = { label: words.share, icon: "share", iconOnly: true, plain: true } as const;
  const here = () => location.href;
  // A visitor may think better of it, which is an error to `share`.
  return "share" in navigator
    ? button(options, () => void navigator.share({ title: document.title, url: here() }).catch(() => {}))
    : copyButton(options, here, words.copied, announce);
}
