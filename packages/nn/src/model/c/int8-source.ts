import type { Model } from "../model.js";
import { constants, float, identifierOf, windowConstant } from "./c-text.js";
import {
  headOf,
  joinLines,
  mapFunction,
  padLines,
  permuteLines,
  scalingOf,
  softmax,
} from "./float-source.js";
import { FRACTION, type Int8Plan, type Int8Step } from "./int8-plan.js";
import { placesOf } from "./memory.js";

const fit = (p: string) => `
static int8_t ${p}_fit(int64_t value) {
  return (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
}
`;

const conv = (p: string) => `
/* Whole sums, which a multiplier of 31 bits and a shift bring to the output's scale. */
static void ${p}_conv(const ${p}_window *g, const int8_t *x, const int8_t *weights, const int32_t *bias,
                      const int32_t *multiplier, const uint8_t *shift, int32_t from, int32_t to, int8_t *y) {
  const int32_t each = g->channels / g->groups, filters = g->filters / g->groups;
  int32_t f, i, j, c, u, v;
  for (f = 0; f < g->filters; f++)
    for (i = 0; i < g->out_height; i++)
      for (j = 0; j < g->out_width; j++) {
        const int8_t *w = weights + f * each * g->kernel_height * g->kernel_width;
        const int8_t *in = x + f / filters * each * g->in_channel;
        int32_t sum = bias[f];
        for (c = 0; c < each; c++, in += g->in_channel)
          for (u = 0; u < g->kernel_height; u++) {
            const int32_t row = i * g->stride_y - g->top + u * g->dilation_y;
            for (v = 0; v < g->kernel_width; v++, w++) {
              const int32_t column = j * g->stride_x - g->left + v * g->dilation_x;
              if (row < 0 || row >= g->height || column < 0 || column >= g->width) continue;
              sum += (in[(row * g->width + column) * g->in_pixel] - from) * *w;
            }
          }
        y[f * g->out_channel + (i * g->out_width + j) * g->out_pixel] =
            ${p}_fit((((int64_t)sum * multiplier[f] + ((int64_t)1 << (shift[f] - 1))) >> shift[f]) + to);
      }
}
`;

const pool = (p: string, takes: "maximum" | "mean") => `
static void ${p}_${takes}(const ${p}_window *g, const int8_t *x, int8_t *y${takes === "mean" ? ", int32_t whole, int32_t factor, int32_t from, int32_t to" : ""}) {
  int32_t c, i, j, u, v;
  for (c = 0; c < g->channels; c++)
    for (i = 0; i < g->out_height; i++)
      for (j = 0; j < g->out_width; j++) {
        int32_t ${takes === "mean" ? "sum = 0, count = 0" : "most = -128"};
        for (u = 0; u < g->kernel_height; u++)
          for (v = 0; v < g->kernel_width; v++) {
            const int32_t row = i * g->stride_y - g->top + u, column = j * g->stride_x - g->left + v;
            int32_t value;
            if (row < 0 || row >= g->height || column < 0 || column >= g->width) continue;
            value = x[c * g->in_channel + (row * g->width + column) * g->in_pixel];
            ${takes === "mean" ? "sum += value - from;\n            count++;" : "if (value > most) most = value;"}
          }
${
  takes === "mean"
    ? `        {
          const int64_t n = whole > 0 ? whole : count;
          const int64_t above = 2 * (int64_t)sum * factor + (n << ${FRACTION}), below = n << ${FRACTION + 1};
          const int64_t quotient = above / below - (above % below < 0);
          y[c * g->out_channel + (i * g->out_width + j) * g->out_pixel] = ${p}_fit(quotient + to);
        }`
    : `        y[c * g->out_channel + (i * g->out_width + j) * g->out_pixel] = (int8_t)most;`
}
      }
}
`;

/** The header of a model in int8. Input and output are float32, and so is what follows the last weights. */
export function int8Source(model: Model, plan: Int8Plan, sizes: readonly number[], p: string): string {
  const { steps, input, output, last, tail } = plan;
  const places = placesOf(steps, sizes, { outside: [], kept: last, bytes: 1 });
  const place = (value: number) => `${p}_memory + ${places.offsets[value]}`;
  const data: string[] = [];
  const functions = new Set<string>([fit(p)]);
  const calls: string[] = [];
  steps.forEach((step, i) => {
    calls.push(
      `  /* ${step.name.replaceAll("*/", "* /")} */`,
      ...callLines(step, i, sizes, p, place, data, functions),
    );
  });
  const ends = tail.flatMap((step, i) => {
    if (step.kind === "softmax") {
      functions.add(softmax(p));
      return [`  ${p}_softmax(output, output, ${step.rows}, ${step.columns});`];
    }
    const map = mapFunction(step, p, `end_${i + 1}`);
    functions.add(map.source);
    return [`  for (i = 0; i < ${sizes[last]}; i++) output[i] = ${map.name}(output[i]);`];
  });
  const scaling = scalingOf(model, p, data);
  return `${headOf(model, p, {
    how: "in int8",
    bytes: places.size,
    memory: `int8_t ${p}_memory[${places.size}]`,
    usesWindows: steps.some((step) => "window" in step),
    functions,
    data,
  })}
  for (i = 0; i < ${sizes[0]}; i++) {
    const float q = floorf((${scaling}) * ${float(Math.fround(1 / input.scale))} + ${float(input.zero + 0.5)});
    (${place(0)})[i] = (int8_t)(q < -128.0f ? -128.0f : q > 127.0f ? 127.0f : q);
  }
${calls.join("\n")}
  for (i = 0; i < ${sizes[last]}; i++) output[i] = (float)((${place(last)})[i] - (${output.zero})) * ${float(output.scale)};
${ends.join("\n")}
}

#endif
`;
}

function callLines(
  step: Int8Step,
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
  const keep = (type: string, part: string, numbers: ArrayLike<number>) => {
    data.push(constants(type, `${name}_${part}`, numbers));
    return `${name}_${part}`;
  };
  const ofWindow = () => {
    const { window } = step as Extract<Int8Step, { kind: "conv" | "maximum" | "mean" }>;
    data.push(windowConstant(p, `${name}_window`, window));
    return `&${name}_window`;
  };
  switch (step.kind) {
    case "conv": {
      functions.add(conv(p));
      const numbers = [
        keep("int8_t", "weights", step.weights),
        keep("int32_t", "bias", step.bias),
        keep("int32_t", "multiplier", step.multiplier),
        keep("uint8_t", "shift", step.shift),
      ];
      return [`  ${p}_conv(${ofWindow()}, ${x}, ${numbers.join(", ")}, ${step.from}, ${step.to}, ${y});`];
    }
    case "maximum":
      functions.add(pool(p, "maximum"));
      return [`  ${p}_maximum(${ofWindow()}, ${x}, ${y});`];
    case "mean":
      functions.add(pool(p, "mean"));
      return [
        `  ${p}_mean(${ofWindow()}, ${x}, ${y}, ${step.whole}, ${step.factor}, ${step.from}, ${step.to});`,
      ];
    case "table": {
      const table = keep("int8_t", "table", step.table);
      return [`  for (i = 0; i < ${size}; i++) (${y})[i] = ${table}[(${x})[i] + 128];`];
    }
    case "add": {
      const terms = step.inputs.map(
        (value, k) => `(int64_t)((${place(value)})[i] - (${step.from[k]})) * ${step.factors[k]}`,
      );
      return [
        `  for (i = 0; i < ${size}; i++)`,
        `    (${y})[i] = ${p}_fit(((${terms.join(" + ")} + ${2 ** (FRACTION - 1)}) >> ${FRACTION}) + (${step.to}));`,
      ];
    }
    case "concatenate": {
      const tables = step.tables.map((table, part) => keep("int8_t", `table${part + 1}`, table));
      return joinLines(step, y, (number, part) => `${tables[part]}[${number} + 128]`, place);
    }
    case "permute":
      return permuteLines(step, x, y);
    case "pad":
      return padLines(step, x, y, String(step.zero));
  }
}
