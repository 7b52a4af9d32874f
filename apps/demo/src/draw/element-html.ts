/** The pad as an element of any page, read by a network in that file: two lines of HTML. */
export function elementHtml(network: string): string {
  const script = new URL("./loam-digit.js", document.baseURI).href;
  return `<script src="${script}"></script>\n<loam-digit network="${network}"></loam-digit>`;
}
