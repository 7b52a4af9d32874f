import { formatShape, sizeOf } from "../../graph/shape.js";
import type { Model } from "../model.js";
import { classFunction, constants, float, identifierOf, windowConstant, windowType } from "./c-text.js";
import { mapExpression } from "./maps.js";
import { placesOf } from "./memory.js";
import type { Step, Steps } from "./steps.js";

const conv = (p: string) => `
static void ${p}_conv(const ${p}_window *g, const float *x, const float *weights, const float *bias, float *y) {
  const int32_t each = g->channels / g->groups, filters = g->filters / g->groups;
  int32_t f, i, j, c, u, v;
  for (f = 0; f < g->filters; f++)
    for (i = 0; i < g->out_height; i++)
      for (j = 0; j < g->out_width; j++) {
        const float *w = weights + f * each * g->kernel_height * g->kernel_width;
        const float *from = x + f / filters * each * g->in_channel;
        float sum = 0.0f;
        for (c = 0; c < each; c++, from += g->in_channel)
          for (u = 0; u < g->kernel_height; u++) {
            const int32_t row = i * g->stride_y - g->top + u * g->dilation_y;
            for (v = 0; v < g->kernel_width; v++, w++) {
              const int32_t column = j * g->stride_x - g->left + v * g->dilation_x;
              if (row < 0 || row >= g->height || column < 0 || column >= g->width) continue;
              sum += from[(row * g->width + column) * g->in_pixel] * *w;
            }
          }
        y[f * g->out_channel + (i * g->out_width + j) * g->out_pixel] = sum + bias[f];
      }
}
`;

const pool = (p: string, takes: "maximum" | "mean") => `
static void ${p}_${takes}(const ${p}_window *g, const float *x, float *y${takes === "mean" ? ", int32_t whole" : ""}) {
  int32_t c, i, j, u, v;
  for (c = 0; c < g->channels; c++)
    for (i = 0; i < g->out_height; i++)
      for (j = 0; j < g->out_width; j++) {
        float ${takes === "mean" ? "sum = 0.0f" : "most = 0.0f"};
        int32_t count = 0;
        for (u = 0; u < g->kernel_height; u++)
          for (v = 0; v < g->kernel_width; v++) {
            const int32_t row = i * g->stride_y - g->top + u, column = j * g->stride_x - g->left + v;
            float value;
            if (row < 0 || row >= g->height || column < 0 || column >= g->width) continue;
            value = x[c * g->in_channel + (row * g->width + column) * g->in_pixel];
            ${takes === "mean" ? "sum += value;\n            count++;" : "if (count++ == 0 || value > most) most = value;"}
          }
        y[c * g->out_channel + (i * g->out_width + j) * g->out_pixel] =
            ${takes === "mean" ? "sum / (float)(whole > 0 ? whole : count)" : "most"};
      }
}
`;

const norm = (p: string) => `
static void ${p}_norm(const float *x, float *y, int32_t rows, int32_t columns, int32_t centered, float epsilon,
                      const float *gamma, const float *beta) {
  int32_t i, j;
  for (i = 0; i < rows; i++, x += columns, y += columns) {
    float mean = 0.0f, square = 0.0f;
    for (j = 0; j < columns && centered; j++) mean += x[j] / (float)columns;
    for (j = 0; j < columns; j++) square += (x[j] - mean) * (x[j] - mean) / (float)columns;
    for (j = 0; j < columns; j++) y[j] = (x[j] - mean) / sqrtf(square + epsilon) * gamma[j] + beta[j];
  }
}
`;

export const softmax = (p: string) => `
static void ${p}_softmax(const float *x, float *y, int32_t rows, int32_t columns) {
  int32_t i, j;
  for (i = 0; i < rows; i++, x += columns, y += columns) {
    float most = x[0], sum = 0.0f;
    for (j = 1; j < columns; j++)
      if (x[j] > most) most = x[j];
    for (j = 0; j < columns; j++) sum += y[j] = expf(x[j] - most);
    for (j = 0; j < columns; j++) y[j] /= sum;
  }
}
`;

/** The header of a model in float32: weights as constants, the functions that it needs, and one that goes through all. */
export function floatSource(model: Model, plan: Steps, p: string): string {
  const { steps, values, output } = plan;
  const sizes = values.map(({ size: one }) => one);
  const places = placesOf(steps, sizes, { outside: [0, output], bytes: 4 });
  const hasScaling = model.scaling.kind !== "none";
  // A model that does nothing to its input at all still copies it.
  const scaled = hasScaling || output === 0;
  const scaledAt = places.size;
  const size = places.size + (hasScaling && output !== 0 ? sizes[0]! : 0);
  const place = (value: number): string => {
    if (value === output) return "output";
    const offset = value === 0 ? (scaled ? scaledAt : undefined) : places.offsets[value];
    return offset === undefined ? "input" : `${p}_memory + ${offset}`;
  };
  const data: string[] = [];
  const calls: string[] = [];
  if (scaled)
    calls.push(`  for (i = 0; i < ${sizes[0]}; i++) (${place(0)})[i] = ${scalingOf(model, p, data)};`);
  const functions = new Set<string>();
  steps.forEach((step, i) => {
    calls.push(
      `  /* ${step.name.replaceAll("*/", "* /")} */`,
      ...callLines(step, i, sizes, p, place, data, functions),
    );
  });
  return `${headOf(model, p, {
    how: "in float32",
    bytes: size * 4,
    memory: size > 0 ? `float ${p}_memory[${size}]` : "",
    usesWindows: steps.some(({ kind }) => kind === "conv" || kind === "pool"),
    functions,
    data,
  })}
  (void)i;
${calls.join("\n")}
}

#endif
`;
}

/** What a header's head is made of. */
interface Head {
  readonly how: string;
  /** What it takes besides its constants. */
  readonly bytes: number;
  /** The array of its values, "" where there is none. */
  readonly memory: string;
  readonly usesWindows: boolean;
  readonly functions: ReadonlySet<string>;
  readonly data: readonly string[];
}

/** A header up to the first line in its `predict`. */
export function headOf(
  { scaling, inputShape, outputShape, classNames }: Model,
  p: string,
  { how, bytes, memory, usesWindows, functions, data }: Head,
): string {
  const prefix = p.toUpperCase();
  const raw =
    scaling.kind === "none" ? "" : " Inputs are raw, as the model's data was: their scaling is part of it.";
  const [inputs, outputs] = [sizeOf(inputShape), sizeOf(outputShape)];
  return `/* A network written by Loam, ${how}, in C99: no malloc, ${bytes} bytes of memory besides the constants.${raw}
   Not for two threads at once. Link with -lm. Include it in one source file. */
#ifndef ${prefix}_H
#define ${prefix}_H

#include <math.h>
#include <stdint.h>

#define ${prefix}_INPUTS ${inputs}
#define ${prefix}_OUTPUTS ${outputs}
${usesWindows ? `\n${windowType(p)}\n` : ""}${[...functions].join("")}
${data.join("\n")}
${memory && `\nstatic ${memory};\n`}${classFunction(p, classNames)}
/* input: ${inputs} numbers ${formatShape(inputShape)}; output: ${outputs} numbers ${formatShape(outputShape)}. */
static inline void ${p}_predict(const float *input, float *output) {
  int32_t i;`;
}

/** The model's scaling of `input[i]`, as an expression; `data` gets its constants. */
export function scalingOf({ scaling }: Model, p: string, data: string[]): string {
  if (scaling.kind === "none") return "input[i]";
  if (scaling.kind === "divide") return `input[i] * ${float(Math.fround(1 / scaling.by))}`;
  data.push(constants("float", `${p}_scale`, scaling.scale), constants("float", `${p}_shift`, scaling.shift));
  if (scaling.kind === "features") return `input[i] * ${p}_scale[i] + ${p}_shift[i]`;
  data.push(constants("float", `${p}_center`, scaling.center));
  return `(input[i] - ${p}_center[i]) * ${p}_scale[i] + ${p}_shift[i]`;
}

/** A function of one number, by its name. */
export function mapFunction(
  { layer: { type }, parameter }: Extract<Step, { kind: "map" }>,
  p: string,
  unique: string,
): { readonly name: string; readonly source: string } {
  const name = `${p}_${type.toLowerCase()}${parameter === 0 ? "" : `_${unique}`}`;
  return { name, source: `\nstatic float ${name}(float x) { return ${mapExpression(type, parameter)}; }\n` };
}

function callLines(
  step: Step,
  at: number,
  sizes: readonly number[],
  p: string,
  place: (value: number) => string,
  data: string[],
  functions: Set<string>,
): string[] {
  const name = `${p}_${at + 1}_${identifierOf(step.name)}`;
  const [x, y] = [place(step.inputs[0]!), place(step.output)];
  const size = sizes[step.output]!;
  const keep = (part: string, numbers: ArrayLike<number>) => {
    data.push(constants("float", `${name}_${part}`, numbers));
    return `${name}_${part}`;
  };
  const ofWindow = () => {
    const { window } = step as Extract<Step, { kind: "conv" | "pool" }>;
    data.push(windowConstant(p, `${name}_window`, window));
    return `&${name}_window`;
  };
  switch (step.kind) {
    case "conv": {
      functions.add(conv(p));
      const [w, b] = [keep("weights", step.weights), keep("bias", step.bias)];
      return [`  ${p}_conv(${ofWindow()}, ${x}, ${w}, ${b}, ${y});`];
    }
    case "pool": {
      functions.add(pool(p, step.takes));
      const [height, width] = step.window.kernel;
      const whole = step.takes === "mean" ? `, ${step.includePadding ? height * width : 0}` : "";
      return [`  ${p}_${step.takes}(${ofWindow()}, ${x}, ${y}${whole});`];
    }
    case "affine": {
      const channel = `i / ${step.inner} % ${step.channels}`;
      const [mean, factor, shift] = [
        keep("mean", step.mean),
        keep("factor", step.factor),
        keep("shift", step.shift),
      ];
      return [
        `  for (i = 0; i < ${size}; i++)`,
        `    (${y})[i] = ((${x})[i] - ${mean}[${channel}]) * ${factor}[${channel}] + ${shift}[${channel}];`,
      ];
    }
    case "prelu": {
      const alpha = keep("alpha", step.alpha);
      return [
        `  for (i = 0; i < ${size}; i++)`,
        `    (${y})[i] = (${x})[i] > 0.0f ? (${x})[i] : (${x})[i] * ${alpha}[i / ${step.inner} % ${step.channels}];`,
      ];
    }
    case "norm": {
      functions.add(norm(p));
      const { rows, columns, centered, epsilon } = step;
      const [gamma, beta] = [keep("gamma", step.gamma), keep("beta", step.beta)];
      return [
        `  ${p}_norm(${x}, ${y}, ${rows}, ${columns}, ${centered ? 1 : 0}, ${float(epsilon)}, ${gamma}, ${beta});`,
      ];
    }
    case "softmax":
      functions.add(softmax(p));
      return [`  ${p}_softmax(${x}, ${y}, ${step.rows}, ${step.columns});`];
    case "map": {
      const map = mapFunction(step, p, String(at + 1));
      functions.add(map.source);
      return [`  for (i = 0; i < ${size}; i++) (${y})[i] = ${map.name}((${x})[i]);`];
    }
    case "add":
    case "multiply": {
      const terms = step.inputs.map((value) => `(${place(value)})[i]`);
      return [
        `  for (i = 0; i < ${size}; i++) (${y})[i] = ${terms.join(step.kind === "add" ? " + " : " * ")};`,
      ];
    }
    case "concatenate":
      return joinLines(step, y, (from) => from, place);
    case "permute":
      return permuteLines(step, x, y);
    case "pad":
      return padLines(step, x, y, "0.0f");
  }
}

/** Parts side by side; `convert` is done to each number of the part that is given. */
export function joinLines(
  { outer, inner, inputs }: Extract<Step, { kind: "concatenate" }>,
  y: string,
  convert: (number: string, part: number) => string,
  place: (value: number) => string,
): string[] {
  const row = inner.reduce((sum, size) => sum + size, 0);
  let before = 0;
  return inputs.map((value, part) => {
    const size = inner[part]!;
    const line = `  for (i = 0; i < ${outer * size}; i++) (${y})[i / ${size} * ${row} + ${before} + i % ${size}] = ${convert(`(${place(value)})[i]`, part)};`;
    before += size;
    return line;
  });
}

export function permuteLines(
  { sides, strides }: Extract<Step, { kind: "permute" }>,
  x: string,
  y: string,
): string[] {
  const all = sizeOf(sides);
  const places = sides.map((side, axis) => {
    const after = sizeOf(sides.slice(axis + 1));
    return `i / ${after} % ${side} * ${strides[axis]}`;
  });
  return [`  for (i = 0; i < ${all}; i++) (${y})[i] = (${x})[${places.join(" + ")}];`];
}

export function padLines(
  { channels, height, width, pads }: Extract<Step, { kind: "pad" }>,
  x: string,
  y: string,
  zero: string,
): string[] {
  const [top, bottom, left, right] = pads as [number, number, number, number];
  const [rows, columns] = [top + height + bottom, left + width + right];
  return [
    `  for (i = 0; i < ${channels * rows * columns}; i++) (${y})[i] = ${zero};`,
    `  for (i = 0; i < ${channels * height * width}; i++)`,
    `    (${y})[(i / ${height * width} * ${rows} + i / ${width} % ${height} + ${top}) * ${columns} + i % ${width} + ${left}] = (${x})[i];`,
  ];
}
