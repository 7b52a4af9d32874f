const PATHS = {
  draw: ["M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19l-4 1Z", "M14.5 6.5l3 3"],
  train: ["M4 19h16", "M5 16c3-1 4-9 7-9s2 6 7 6"],
  playground: [
    "M6 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
    "M6 14a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
    "M18 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
    "M8 8.5l8 3M8 15.5l8-3",
  ],
  inside: ["M12 5l8 4-8 4-8-4 8-4Z", "M4 13l8 4 8-4"],
  speed: ["M4 17a8 8 0 1 1 16 0", "M12 17l4-6"],
  sprout: ["M12 20v-9", "M12 12c0-4 2.5-6 7-6 0 4-2.5 6-7 6Z", "M12 15c0-3-2-5-6-5 0 3 2 5 6 5Z"],
  sun: [
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z",
    "M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  ],
  moon: ["M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  play: ["M8 5l11 7-11 7Z"],
  pause: ["M8 5v14M16 5v14"],
  step: ["M6 5l9 7-9 7Z", "M18 5v14"],
  back: ["M18 5l-9 7 9 7Z", "M6 5v14"],
  reset: ["M5 5v5h5", "M5.5 10a7.5 7.5 0 1 1-.8 5"],
  undo: ["M9 6L4 11l5 5", "M4 11h9a6 6 0 0 1 6 6v1"],
  clear: ["M5 7h14M9 7V4.5h6V7M7 7l1 13h8l1-13"],
  download: ["M12 4v11M7 10.5l5 5 5-5M5 20h14"],
  link: ["M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-6-5.6l-1 1", "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 6 5.6l1-1"],
  share: ["M12 15V4M8 7.5L12 3.5l4 4", "M6 11v9h12v-9"],
  copy: ["M8 8h11v12H8z", "M5 16V4h11"],
  check: ["M5 12.5l5 5 9-11"],
  minus: ["M5 12h14"],
  plus: ["M12 5v14M5 12h14"],
  close: ["M6 6l12 12M18 6L6 18"],
  up: ["M12 19V6M6 11l6-6 6 6"],
  down: ["M12 5v13M6 13l6 6 6-6"],
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing in the colour of the text around it; decoration for whoever hears the page. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
