// Instructions of the map family: any formula over a [rows, cols] view in one pass, and the sums over rows that it leaves in parts.
import { data, input, itself, LINE, optional, output, over, scalar, scratch, size } from "../program/table.mjs";
import { one, three, two } from "./functions.mjs";

/** What a map computes, by name; the numbers of its operations are their places. */
export const kinds = {
  map: [
    // y = f(a, b, c), element by element
    ...Object.keys({ ...one, ...two, ...three }),
    // y from a number, the columns' places, or a value of another extent
    ..."constant splat iota repeat spread".split(" "),
    // along a row, and over rows; of the products of two values, each rounded
    ..."sum_row dot_row max_row row_sum row_dot".split(" "),
  ],
};

export const functions = { "instructions/map": ["mapCost", "mapOperand", "mapFault"] };

const slots = (count, role, operand) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${role}${i}`, operand(i)]));

export const rows = {
  map: {
    doc: `Runs code that \`planMap\` wrote over a [rows, cols] view, block by block. Two bits an operand say its extent: rows·cols, cols, rows or 1
elements; an output of extent 1 is partial sums [parts, 2, cols], one part for every \`partRows\` rows (0: there are none). An output may be an input of its
extent, if \`planMap\` was told.`,
    args: {
      code: data,
      rows: size,
      cols: size,
      partRows: size,
      share: size,
      scratch: scratch("share * threads"),
      inExtents: size,
      outExtents: size,
      ...slots(12, "in", (i) => optional(input(`mapOperand(args, args.inExtents, ${i}, 0)`))),
      ...slots(8, "out", (i) => optional(output(`mapOperand(args, args.outExtents, ${i}, args.partRows)`))),
    },
    check: "mapFault(args)",
    split: itself,
    leaves: true,
    cost: "mapCost(args)",
    from: "map/map",
    kernel: "map_share(code, rows, cols, partRows, scratch + share * thread, words(in0), words(out0), thread, threads)",
  },
  sum_parts: {
    doc: "y[c] = scale·Σ_p (parts[p, 0, c] + 2⁶⁴·parts[p, 1, c]), in float64: the end of a map's sums over rows.",
    args: { y: output("cols"), parts: input("2 * count * cols"), count: size, cols: size, scale: scalar },
    split: over("cols", LINE),
    cost: "count * cols / 2",
    from: "map/rows",
    kernel: "sum_parts_f32(y, parts, count, cols, scale, begin, end)",
  },
};
