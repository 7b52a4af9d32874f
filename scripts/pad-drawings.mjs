// Drawings as on the site's pad: digits in some handwritings, letters that no digit looks like, and two families of shapes. Strokes of points in [0, 1].

/** An arc of an ellipse from one angle to another, in degrees, clockwise from the right. */
function arc(x, y, width, height, from, to, points = 20) {
  return Array.from({ length: points }, (_, i) => {
    const angle = ((from + ((to - from) * i) / (points - 1)) * Math.PI) / 180;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
}

/** Straight from corner to corner. */
const path = (...corners) => corners;

/** Corners of a regular polygon, or of a star where `inner` is given. */
function polygon(sides, inner) {
  const count = inner === undefined ? sides : sides * 2;
  return Array.from({ length: count + 1 }, (_, i) => {
    const radius = inner !== undefined && i % 2 === 1 ? inner : 0.4;
    const angle = (2 * Math.PI * i) / count - Math.PI / 2;
    return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
  });
}

/** Digits as they are drawn with a finger: a pen of one width, in one stroke or two. */
export const DIGITS = {
  0: [arc(0.5, 0.5, 0.24, 0.37, -90, 270, 28)],
  "0 slim": [arc(0.5, 0.5, 0.15, 0.38, -60, 310, 28)],
  1: [path([0.5, 0.1], [0.5, 0.9])],
  "1 flag": [path([0.38, 0.27], [0.53, 0.1], [0.53, 0.9])],
  "1 foot": [path([0.38, 0.27], [0.53, 0.1], [0.53, 0.88]), path([0.34, 0.88], [0.72, 0.88])],
  2: [[...arc(0.5, 0.32, 0.21, 0.2, -170, 40), [0.28, 0.86], [0.74, 0.86]]],
  "2 loop": [
    [
      ...arc(0.5, 0.3, 0.2, 0.18, -160, 60),
      [0.34, 0.78],
      ...arc(0.34, 0.8, 0.07, 0.06, 90, 330, 8),
      [0.74, 0.86],
    ],
  ],
  3: [[...arc(0.46, 0.31, 0.2, 0.19, -150, 80), ...arc(0.46, 0.69, 0.22, 0.2, -80, 145)]],
  "3 open": [
    [...arc(0.48, 0.3, 0.22, 0.18, -120, 60), [0.46, 0.48], ...arc(0.48, 0.68, 0.24, 0.21, -70, 120)],
  ],
  "3 flat": [[[0.3, 0.13], [0.7, 0.13], [0.48, 0.42], ...arc(0.47, 0.65, 0.23, 0.23, -80, 140)]],
  4: [path([0.36, 0.12], [0.25, 0.56], [0.76, 0.56]), path([0.62, 0.3], [0.6, 0.9])],
  "4 closed": [path([0.6, 0.9], [0.6, 0.12], [0.22, 0.64], [0.8, 0.64])],
  "4 round": [
    [[0.3, 0.14], ...arc(0.48, 0.42, 0.2, 0.16, 180, 20), [0.7, 0.14]],
    path([0.7, 0.14], [0.66, 0.9]),
  ],
  5: [[[0.7, 0.14], [0.36, 0.14], [0.34, 0.46], ...arc(0.48, 0.65, 0.23, 0.22, -125, 145)]],
  "5 hat": [
    [[0.38, 0.14], [0.35, 0.44], ...arc(0.46, 0.65, 0.24, 0.22, -110, 140)],
    path([0.38, 0.14], [0.72, 0.13]),
  ],
  6: [[[0.62, 0.1], [0.45, 0.28], [0.33, 0.5], ...arc(0.5, 0.68, 0.2, 0.2, 190, -170, 24)]],
  "6 round": [[...arc(0.58, 0.45, 0.28, 0.36, -70, -190), ...arc(0.5, 0.68, 0.21, 0.2, 180, -150, 24)]],
  7: [path([0.26, 0.14], [0.74, 0.14], [0.44, 0.88])],
  "7 crossed": [path([0.26, 0.14], [0.74, 0.14], [0.44, 0.88]), path([0.4, 0.5], [0.68, 0.48])],
  8: [[...arc(0.5, 0.3, 0.17, 0.18, 90, -270, 22), ...arc(0.5, 0.68, 0.21, 0.2, -90, 270, 24)]],
  "8 crossed": [
    Array.from({ length: 48 }, (_, i) => {
      const t = (i / 47) * 6.283 + 0.4;
      return [0.5 + 0.21 * Math.sin(2 * t), 0.5 - 0.38 * Math.cos(t)];
    }),
  ],
  9: [[...arc(0.48, 0.34, 0.19, 0.2, 0, -360, 24), [0.66, 0.5], [0.6, 0.88]]],
  "9 round": [[...arc(0.48, 0.33, 0.19, 0.2, -20, -360, 24), ...arc(0.4, 0.52, 0.28, 0.36, -20, 110, 14)]],
};

/**
 * Letters without a digit's twin. Left out are those that a digit looks like in some hand: B (8), D, O and Q (0), G and b (6), I, i, j, J, L and l (1), S and s (5),
 * Z and z (2), a, g, q and y (9), T (7); and of both cases of one shape one is enough.
 */
export const LETTERS = {
  A: [path([0.2, 0.9], [0.5, 0.1], [0.8, 0.9]), path([0.32, 0.62], [0.68, 0.62])],
  C: [arc(0.55, 0.5, 0.33, 0.4, -45, -315)],
  E: [path([0.75, 0.1], [0.28, 0.1], [0.28, 0.9], [0.75, 0.9]), path([0.28, 0.5], [0.66, 0.5])],
  F: [path([0.75, 0.1], [0.3, 0.1], [0.3, 0.9]), path([0.3, 0.48], [0.65, 0.48])],
  H: [path([0.24, 0.1], [0.24, 0.9]), path([0.76, 0.1], [0.76, 0.9]), path([0.24, 0.5], [0.76, 0.5])],
  K: [path([0.28, 0.1], [0.28, 0.9]), path([0.74, 0.1], [0.3, 0.52], [0.76, 0.9])],
  M: [path([0.16, 0.9], [0.22, 0.1], [0.5, 0.62], [0.78, 0.1], [0.84, 0.9])],
  N: [path([0.24, 0.9], [0.24, 0.1], [0.76, 0.9], [0.76, 0.1])],
  P: [path([0.3, 0.9], [0.3, 0.1]), [[0.3, 0.12], ...arc(0.48, 0.3, 0.26, 0.2, -90, 90), [0.3, 0.5]]],
  R: [
    path([0.28, 0.9], [0.28, 0.1]),
    [[0.28, 0.12], ...arc(0.46, 0.3, 0.26, 0.19, -90, 90), [0.3, 0.49], [0.76, 0.9]],
  ],
  U: [[[0.22, 0.1], [0.22, 0.55], ...arc(0.5, 0.6, 0.28, 0.3, 180, 0), [0.78, 0.1]]],
  V: [path([0.2, 0.1], [0.5, 0.9], [0.8, 0.1])],
  W: [path([0.1, 0.1], [0.3, 0.9], [0.5, 0.35], [0.7, 0.9], [0.9, 0.1])],
  X: [path([0.22, 0.1], [0.78, 0.9]), path([0.78, 0.1], [0.22, 0.9])],
  Y: [path([0.2, 0.1], [0.5, 0.5], [0.8, 0.1]), path([0.5, 0.5], [0.5, 0.9])],
  e: [[[0.24, 0.52], [0.76, 0.5], ...arc(0.5, 0.52, 0.27, 0.34, -5, -310)]],
  f: [[...arc(0.6, 0.28, 0.16, 0.18, -20, -180), [0.44, 0.9]], path([0.26, 0.46], [0.66, 0.46])],
  h: [
    path([0.28, 0.08], [0.28, 0.92]),
    [[0.28, 0.62], ...arc(0.5, 0.62, 0.22, 0.18, 180, 360), [0.72, 0.92]],
  ],
  m: [
    path([0.14, 0.28], [0.14, 0.78]),
    [[0.14, 0.45], ...arc(0.32, 0.45, 0.18, 0.16, 180, 360), [0.5, 0.78]],
    [[0.5, 0.45], ...arc(0.68, 0.45, 0.18, 0.16, 180, 360), [0.86, 0.78]],
  ],
  n: [path([0.24, 0.2], [0.24, 0.82]), [[0.24, 0.45], ...arc(0.5, 0.45, 0.26, 0.24, 180, 360), [0.76, 0.82]]],
  r: [path([0.34, 0.2], [0.34, 0.85]), [[0.34, 0.5], ...arc(0.54, 0.44, 0.2, 0.2, 180, 310)]],
  t: [[[0.46, 0.08], [0.46, 0.72], ...arc(0.6, 0.72, 0.14, 0.18, 180, 40)], path([0.22, 0.32], [0.74, 0.32])],
  u: [
    [[0.24, 0.2], [0.24, 0.55], ...arc(0.5, 0.58, 0.26, 0.24, 180, 0), [0.76, 0.2]],
    path([0.76, 0.2], [0.76, 0.85]),
  ],
  w: [[...arc(0.3, 0.45, 0.18, 0.35, 180, 0), ...arc(0.66, 0.45, 0.18, 0.35, 180, 0)]],
};

/** Drawn with a ruler in mind. */
export const FIGURES = {
  triangle: [polygon(3)],
  square: [path([0.15, 0.15], [0.85, 0.15], [0.85, 0.85], [0.15, 0.85], [0.15, 0.15])],
  diamond: [polygon(4)],
  pentagon: [polygon(5)],
  star: [polygon(5, 0.16)],
  house: [path([0.2, 0.9], [0.2, 0.45], [0.5, 0.1], [0.8, 0.45], [0.8, 0.9], [0.2, 0.9])],
  arrow: [path([0.1, 0.5], [0.9, 0.5]), path([0.62, 0.25], [0.9, 0.5], [0.62, 0.75])],
  cross: [path([0.5, 0.1], [0.5, 0.9]), path([0.1, 0.5], [0.9, 0.5])],
  hash: [
    path([0.35, 0.1], [0.3, 0.9]),
    path([0.7, 0.1], [0.65, 0.9]),
    path([0.1, 0.35], [0.9, 0.35]),
    path([0.1, 0.68], [0.9, 0.68]),
  ],
  envelope: [
    path([0.1, 0.25], [0.9, 0.25], [0.9, 0.8], [0.1, 0.8], [0.1, 0.25]),
    path([0.1, 0.25], [0.5, 0.58], [0.9, 0.25]),
  ],
  equals: [path([0.15, 0.35], [0.85, 0.35]), path([0.15, 0.65], [0.85, 0.65])],
  dash: [path([0.1, 0.5], [0.9, 0.5])],
};

/** Drawn by a free hand. */
export const DOODLES = {
  smile: [
    arc(0.5, 0.5, 0.42, 0.42, 0, 360, 30),
    arc(0.35, 0.4, 0.03, 0.03, 0, 360, 6),
    arc(0.65, 0.4, 0.03, 0.03, 0, 360, 6),
    arc(0.5, 0.55, 0.22, 0.18, 20, 160),
  ],
  heart: [
    [
      [0.5, 0.9],
      [0.16, 0.5],
      ...arc(0.32, 0.32, 0.18, 0.18, 165, 350, 12),
      ...arc(0.68, 0.32, 0.18, 0.18, 190, 375, 12),
      [0.84, 0.5],
      [0.5, 0.9],
    ],
  ],
  spiral: [Array.from({ length: 60 }, (_, i) => spiralPoint(i / 59))],
  zigzag: [path([0.08, 0.3], [0.25, 0.7], [0.4, 0.3], [0.57, 0.7], [0.73, 0.3], [0.92, 0.7])],
  wave: [
    Array.from({ length: 40 }, (_, i) => [0.08 + (i / 39) * 0.84, 0.5 + 0.18 * Math.sin((i / 39) * 12.6)]),
  ],
  scribble: [
    Array.from({ length: 70 }, (_, i) => {
      const t = i / 69;
      return [0.5 + 0.4 * Math.sin(23 * t + 1), 0.5 + 0.4 * Math.sin(31 * t)];
    }),
  ],
  tree: [
    path([0.5, 0.9], [0.5, 0.6]),
    path([0.2, 0.6], [0.5, 0.1], [0.8, 0.6], [0.2, 0.6]),
    path([0.42, 0.75], [0.58, 0.75]),
  ],
  fish: [[...arc(0.42, 0.5, 0.32, 0.2, 20, 340, 26), [0.92, 0.72], [0.92, 0.28], [0.7, 0.57]]],
  flower: Array.from({ length: 5 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 5 - Math.PI / 2;
    return arc(0.5 + 0.24 * Math.cos(angle), 0.5 + 0.24 * Math.sin(angle), 0.16, 0.16, 0, 360, 16);
  }),
  cup: [
    path([0.2, 0.25], [0.26, 0.85], [0.6, 0.85], [0.66, 0.25], [0.2, 0.25]),
    arc(0.66, 0.5, 0.2, 0.16, -80, 80),
  ],
  cloud: [
    [
      ...arc(0.25, 0.6, 0.17, 0.17, 90, 270, 10),
      ...arc(0.45, 0.4, 0.2, 0.2, 190, 340, 12),
      ...arc(0.74, 0.55, 0.18, 0.2, 260, 450, 12),
      [0.25, 0.77],
    ],
  ],
  loops: [
    Array.from({ length: 60 }, (_, i) => {
      const t = (i / 59) * 6.283 * 3;
      return [0.12 + (i / 59) * 0.76 - 0.12 * Math.sin(t), 0.5 - 0.2 * Math.cos(t)];
    }),
  ],
};

function spiralPoint(t) {
  const angle = t * 6.283 * 3;
  return [0.5 + 0.42 * t * Math.cos(angle), 0.5 + 0.42 * t * Math.sin(angle)];
}

/** A stream of numbers in [0, 1) from a seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same drawing by another hand: turned, slanted, stretched, each point moved a little, and smoothed. */
export function byHand(strokes, random) {
  const about = (spread) => (random() + random() + random() - 1.5) * spread;
  const angle = about(0.35);
  const slant = about(0.35);
  const stretch = 1 + about(0.4);
  const bend = [about(0.3), about(0.3)];
  return strokes.map((stroke) =>
    densify(stroke).map(([x0, y0]) => {
      const x1 = (x0 - 0.5 + bend[0] * (y0 - 0.5) ** 2) * stretch - slant * (y0 - 0.5);
      const y1 = y0 - 0.5 + bend[1] * (x0 - 0.5) ** 2;
      const x = 0.5 + x1 * Math.cos(angle) - y1 * Math.sin(angle) + about(0.016);
      const y = 0.5 + x1 * Math.sin(angle) + y1 * Math.cos(angle) + about(0.016);
      return { x, y };
    }),
  );
}

/** Points at most 0.06 apart. */
function densify(stroke) {
  const points = [stroke[0]];
  for (const [x, y] of stroke.slice(1)) {
    const [fromX, fromY] = points.at(-1);
    const pieces = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / 0.06));
    for (let i = 1; i <= pieces; i++)
      points.push([fromX + ((x - fromX) * i) / pieces, fromY + ((y - fromY) * i) / pieces]);
  }
  return points;
}

/** Strokes through points anywhere: one to four of them, round or with corners. Of a single one only those that wander. */
export function freeCurves(count, random) {
  const drawings = [];
  while (drawings.length < count) {
    const strokes = Array.from({ length: 1 + Math.floor(random() * 3.5) }, () => {
      const keys = Array.from({ length: 2 + Math.floor(random() * 5) }, () => [random(), random()]);
      return random() < 0.6 ? smooth(keys) : smooth(keys, 0);
    });
    if (strokes.length > 1 || strokes[0].length > 18) drawings.push(strokes);
  }
  return drawings;
}

/** A curve through points: each piece a cubic whose ends go as their neighbours lie, times `bend`. */
function smooth(keys, bend = 1) {
  const points = [];
  for (let i = 0; i + 1 < keys.length; i++) {
    const [before, from, to, after] = [
      keys[Math.max(0, i - 1)],
      keys[i],
      keys[i + 1],
      keys[i + 2] ?? keys[i + 1],
    ];
    for (let j = 0; j < 8; j++) {
      const t = j / 8;
      const along = (k) => {
        if (bend === 0) return from[k] + (to[k] - from[k]) * t;
        const out = ((to[k] - before[k]) / 2) * bend;
        const into = ((after[k] - from[k]) / 2) * bend;
        const [t2, t3] = [t * t, t * t * t];
        return (
          (2 * t3 - 3 * t2 + 1) * from[k] +
          (t3 - 2 * t2 + t) * out +
          (3 * t2 - 2 * t3) * to[k] +
          (t3 - t2) * into
        );
      };
      points.push({ x: along(0), y: along(1) });
    }
  }
  const [x, y] = keys.at(-1);
  return [...points, { x, y }];
}
