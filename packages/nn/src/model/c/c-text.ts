import { ConfigError, NumericError, showValue } from "../../errors.js";
import type { Window } from "./steps.js";

/** C's words, of which no name may be made. */
const WORDS = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short " +
    "signed sizeof static struct switch typedef union unsigned void volatile while main class new delete this template"
  ).split(" "),
);

/** @throws {ConfigError} `c-name` */
export function requireIdentifier(name: string): string {
  if (typeof name === "string" && /^[A-Za-z][A-Za-z0-9_]{0,30}$/.test(name) && !WORDS.has(name)) return name;
  throw new ConfigError(
    "c-name",
    `C: name must be a letter with up to 30 letters, digits and _ behind it, and none of C's words, got ${showValue(name)}.`,
  );
}

/** What of a name C can spell. */
export function identifierOf(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "");
}

/** A float32 in as few digits as tell it from its neighbours. @throws {NumericError} `parameter-not-finite` */
export function float(value: number): string {
  if (!Number.isFinite(value)) {
    throw new NumericError(
      "parameter-not-finite",
      "C: a number of the model is not finite; train it again before it is written.",
    );
  }
  let text = "";
  for (let digits = 6; digits <= 9; digits++) {
    text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === Math.fround(value)) break;
  }
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

/** `static const <type> <name>[n] = {…};` */
export function constants(type: string, name: string, values: ArrayLike<number>): string {
  const show = type === "float" ? float : String;
  const lines: string[] = [];
  let line = "";
  for (let i = 0; i < values.length; i++) {
    const text = `${show(values[i]!)},`;
    if (line.length + text.length > 118) {
      lines.push(line);
      line = "";
    }
    line += text;
  }
  lines.push(line.replace(/,$/, ""));
  return `static const ${type} ${name}[${values.length}] = {\n${lines.join("\n")}\n};`;
}

/** A string as C has it: all but plain characters as three octal digits a byte. */
function cString(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const isPlain = (byte: number) => byte >= 32 && byte < 127 && !'"\\?'.includes(String.fromCharCode(byte));
  const shown = Array.from(bytes, (byte) =>
    isPlain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`,
  );
  return `"${shown.join("")}"`;
}

/** What the functions over windows are told of them. */
export const windowType = (
  p: string,
) => `/* Windows over one image; *_channel and *_pixel are how far apart neighbours lie. */
typedef struct {
  int32_t channels, height, width, filters, out_height, out_width;
  int32_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, top, left, groups;
  int32_t in_channel, in_pixel, out_channel, out_pixel;
} ${p}_window;`;

/** A constant of that type. */
export function windowConstant(p: string, name: string, g: Window): string {
  const lies = (channels: number, pixels: number) => (g.channelsLast ? [1, channels] : [pixels, 1]);
  const all = [
    ...[g.channels, g.height, g.width, g.filters, g.outHeight, g.outWidth],
    ...[...g.kernel, ...g.stride, ...g.dilation, g.top, g.left, g.groups],
    ...lies(g.channels, g.height * g.width),
    ...lies(g.filters, g.outHeight * g.outWidth),
  ];
  return `static const ${p}_window ${name} = {${all.join(", ")}};`;
}

/** The names of the classes as a function. */
export function classFunction(p: string, names: readonly string[] | undefined): string {
  if (!names) return "";
  const list = names.map(cString).join(", ");
  return `
/* The name of the class whose output is the i-th. */
static inline const char *${p}_class(int32_t i) {
  static const char *const names[${names.length}] = {${list}};
  return i >= 0 && i < ${names.length} ? names[i] : "";
}
`;
}
