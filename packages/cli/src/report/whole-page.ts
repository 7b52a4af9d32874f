import { Html, html } from "./html.js";
import { STYLE } from "./style.js";

/** A page that needs nothing but itself: no script, no font, no picture from elsewhere, which its own policy forbids as well. */
export function page(title: string, body: Html, version: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="Loam ${version}">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
<footer>Made by Loam ${version}. All of it is in this file.</footer>
</main>
</body>
</html>
`.text;
}
