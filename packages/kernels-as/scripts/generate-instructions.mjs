// Writes what follows from the tables of instructions, `assembly/*/instructions.mjs` (their language: assembly/program/table.mjs), and from the
// constants that both sides know, `assembly/*/constants.ts`. With --check only looks whether the files are what would be written.
//
//   assembly/program/opcodes.gen.ts           opcodes, the numbers of functions
//   assembly/program/dispatch.gen.ts          the switch of the interpreter
//   src/instructions/opcodes.gen.ts           the same opcodes
//   src/instructions/instructions.gen.ts      names, words and types of the arguments
//   src/instructions/costs.gen.ts             multiply-adds
//   src/instructions/operands.gen.ts          what lies where, how large it is, and what may be wrong
//   src/constants/<family>.gen.ts             constants, without AssemblyScript's types
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { publishAt } from "./kernel-source.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const HEAD = "// Written by scripts/generate-instructions.mjs; not by hand.\n";
const WIDTH = 110;

const encoding = await readFile(path.join(root, "assembly/program/constants.ts"), "utf8");
/** Arguments that an instruction has room for, behind its opcode and flags. */
const MOST = Number(/INSTRUCTION_WORDS: u32 = (\d+)/.exec(encoding)[1]) - 2;

/** In this order they get their opcodes. A family that is not named here follows behind. */
const ORDER = ["program", "gemm", "conv", "elementwise", "reduce", "optim", "data"];

const folders = (await readdir(path.join(root, "assembly"), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));

function place(name) {
  const index = ORDER.indexOf(name);
  return index < 0 ? ORDER.length : index;
}

const families = [];
for (const folder of folders) {
  const file = path.join(root, "assembly", folder, "instructions.mjs");
  const family = await import(pathToFileURL(file).href).catch((error) => {
    if (error.code === "ERR_MODULE_NOT_FOUND" && error.url === pathToFileURL(file).href) return undefined;
    throw error;
  });
  if (family) {
    families.push({ name: folder, kinds: {}, helpers: {}, functions: {}, structs: {}, ...family });
  }
}
const kinds = Object.assign({}, ...families.map((family) => family.kinds));
const rows = families.flatMap((family) =>
  Object.entries(family.rows).map(([name, row]) => ({
    name,
    family,
    ...row,
    args: Object.entries(row.args),
  })),
);
for (const [i, row] of rows.entries()) {
  row.opcode = i + 1;
  const twice = rows.findIndex((other) => other.name === row.name);
  if (twice !== i) throw new Error(`two instructions are called ${row.name}`);
  row.core ??= true;
  if (row.args.length > MOST) throw new Error(`${row.name} has more than ${MOST} arguments`);
}

const IDENTIFIER = /(?<![\w.$"'])([A-Za-z_]\w*)(?![\w"'])/g;
const upper = (name) => name.toUpperCase();

// ---- AssemblyScript

/** An expression of AssemblyScript with the arguments read from where they lie. */
function inAssembly(row, text) {
  const indexOf = (name) => row.args.findIndex(([own]) => own === name);
  const argument = (name) => {
    const index = indexOf(name);
    if (index < 0) throw new Error(`${row.name}: no argument ${name} in ${text}`);
    return index;
  };
  const inPlace = /\b([A-Z]\w*|words)\((\w+)\)/g;
  const parts = [];
  const kept = text.replace(inPlace, (whole, what, name) => {
    if (what !== "words" && !row.family.structs[what]) return whole;
    const at = argument(name) === 0 ? "at" : `at + ${4 * argument(name)}`;
    parts.push(what === "words" ? at : `changetype<${what}>(${at})`);
    return `«${parts.length - 1}»`;
  });
  const read = kept.replace(IDENTIFIER, (name, _, offset) => {
    const index = indexOf(name);
    if (index < 0 || /^\s*\(/.test(kept.slice(offset + name.length))) return name;
    const kind = row.args[index][1].kind;
    return `arg_${kind === "f" || kind === "i" ? kind : "u"}(at, ${index})`;
  });
  return read
    .replace(/«(\d+)»/g, (_, i) => parts[i])
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("( ", "(");
}

const BUILT_IN = new Set(["load", "store", "changetype", "words", "min", "max", "select"]);

/** What an expression calls or names, by file. */
function importsOf(row) {
  const found = [];
  const text = `${row.kernel} ${row.split.count ?? ""} ${row.split.grain ?? ""}`;
  for (const [, name] of text.matchAll(/(?<![\w.])([A-Za-z_]\w*)/g)) {
    const file = row.family.helpers[name] ?? row.family.structs[name];
    if (file) found.push([file, name]);
  }
  for (const [, name] of text.matchAll(/(?<![\w.])([a-z_]\w*)\(/g)) {
    if (!BUILT_IN.has(name) && !row.family.helpers[name]) found.push([row.from, name]);
  }
  return found;
}

function dispatchCase(row) {
  const call = inAssembly(row, row.kernel);
  const lines = [`    case ${upper(row.name)}: {`];
  if (row.leaves) lines.push(`      return ${call};`);
  else if (row.split === "once") lines.push(`      if (thread == 0) ${call};`);
  else if (row.split === "itself") lines.push(`      ${call};`);
  else {
    lines.push(
      `      const count = ${inAssembly(row, row.split.count)};`,
      `      const begin = share_begin(count, ${row.split.grain}, thread, threads);`,
      `      const end = share_end(count, ${row.split.grain}, thread, threads);`,
      `      ${call};`,
    );
  }
  if (!row.leaves) lines.push("      return FINISHED;");
  if (!row.core) lines.splice(1, 0, "      if (!FULL) return CORRUPT;");
  return [...lines, "    }"];
}

/** A long call in several lines. */
function broken(line) {
  const limit = 136;
  if (line.length <= limit) return [line];
  const open = line.indexOf("(", line.startsWith("      if (") ? line.indexOf(")") : 0) + 1;
  const inner = wrap(line.slice(open, line.lastIndexOf(")")), 8).split("\n");
  return [line.slice(0, open), ...inner, `      ${line.slice(line.lastIndexOf(")"))}`];
}

function dispatch() {
  const called = rows.filter((row) => row.kernel);
  const byFile = new Map();
  for (const [file, name] of called.flatMap(importsOf)) {
    byFile.set(file, (byFile.get(file) ?? new Set()).add(name));
  }
  const imports = [...byFile].sort().map(([file, names]) => {
    const from = file.startsWith("program/") ? `./${file.slice("program/".length)}` : `../${file}`;
    return `import { ${[...names].sort().join(", ")} } from "${from}";`;
  });
  const cases = called.flatMap(dispatchCase);
  const readers = ["arg_f", "arg_i", "arg_u"].filter((reader) =>
    cases.some((line) => line.includes(`${reader}(`)),
  );
  return [
    `${HEAD}// One instruction: its kernel, with the arguments read from where they lie and this thread's share of the work.`,
    ...imports,
    `import { ${readers.join(", ")}, share_begin, share_end } from "./arguments";`,
    `import { CORRUPT, FINISHED, LINE } from "./constants";`,
    `import {\n${wrap(called.map((row) => upper(row.name)).join(", "), 2)},\n} from "./opcodes.gen";`,
    "",
    "/** How many arguments an instruction has, by its opcode; 255 for what is none. */",
    `export const ARGUMENT_COUNTS = memory.data<u8>([\n${wrap([255, ...rows.map((row) => row.args.length)].join(", "), 2)},\n]);`,
    "",
    "/**",
    " * Runs the instruction whose arguments lie at `at`. The compiler is told by --use whether the binary is the FULL one.",
    " * @returns how the run goes on: see constants.ts.",
    " */",
    "export function dispatch(op: u32, at: usize, thread: u32, threads: u32): u32 {",
    "  switch (op) {",
    ...cases.flatMap((line) => broken(line)),
    "  }",
    "  return CORRUPT;",
    "}",
    "",
  ].join("\n");
}

/** @param type what AssemblyScript wants to know of a constant, and TypeScript does not */
function opcodes(type) {
  const lines = [
    `${HEAD}`,
    "/** Opcodes are below this. 0 is none, so that memory which was never written is no program. */",
    `export const OPCODES${type} = ${rows.length + 1};`,
  ];
  for (const family of families) {
    lines.push("", `// ${family.name}`);
    for (const row of rows.filter((one) => one.family === family)) {
      lines.push(`export const ${upper(row.name)}${type} = ${row.opcode};`);
    }
  }
  for (const [kind, names] of Object.entries(kinds)) {
    lines.push("", `// Functions of ${kind} instructions.`);
    for (const [i, name] of names.entries())
      lines.push(`export const ${upper(`${kind}_${name}`)}${type} = ${i};`);
  }
  return `${lines.join("\n")}\n`;
}

// ---- TypeScript

/** An expression of TypeScript over the arguments `a`. */
function inTypeScript(row, text, helpers) {
  const names = new Set(row.args.map(([name]) => name));
  return text.replace(IDENTIFIER, (name, _, offset) => {
    const isCall = text[offset + name.length] === "(";
    if (name in row.family.functionFiles) helpers.add(name);
    if (isCall) return name;
    if (name === "args") return "a";
    return names.has(name) ? `a.${name}` : name;
  });
}
for (const family of families) {
  family.functionFiles = Object.fromEntries(
    Object.entries(family.functions).flatMap(([file, names]) => names.map((name) => [name, file])),
  );
}
const functionFiles = Object.assign({}, ...families.map((family) => family.functionFiles));

/** Imports of functions by name, from src/instructions/. */
function importLines(helpers) {
  const byFile = new Map();
  for (const name of [...helpers].sort()) {
    const file = functionFiles[name];
    byFile.set(file, [...(byFile.get(file) ?? []), name]);
  }
  return [...byFile]
    .map(([file, names]) => [path.posix.relative("instructions", `${file}.js`), names])
    .map(([file, names]) => [file.startsWith(".") ? file : `./${file}`, names])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, names]) => importLine(names, file));
}

function importLine(names, file, word = "import") {
  const line = `${word} { ${names.join(", ")} } from "${file}";`;
  return line.length <= WIDTH
    ? line
    : `${word} {\n${names.map((name) => `  ${name},`).join("\n")}\n} from "${file}";`;
}

/** Text in lines of at most `WIDTH`, each indented. */
function wrap(text, indent, prefix = "") {
  const lines = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line && indent + prefix.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].map((one) => `${" ".repeat(indent)}${prefix}${one}`.trimEnd()).join("\n");
}

function docComment(doc, indent) {
  const pad = " ".repeat(indent);
  if (indent + doc.length + 8 <= WIDTH && !doc.includes("\n")) return `${pad}/** ${doc} */`;
  const paragraphs = doc
    .split("\n\n")
    .map((paragraph) => wrap(paragraph.replaceAll("\n", " "), indent, " * "));
  return `${pad}/**\n${paragraphs.join(`\n${pad} *\n`)}\n${pad} */`;
}

const pascal = (name) => name[0].toUpperCase() + name.slice(1);
const typeOf = (kind) =>
  kind === "d" ? "Uint32Array" : kinds[kind] ? `${pascal(kind)}Kind | number` : "number";

function instructions() {
  const lines = [`${HEAD}`];
  for (const [kind, names] of Object.entries(kinds)) {
    lines.push(
      `/** Functions of \`${kind}\` instructions, by name. */`,
      `export const ${kind}Kinds = {`,
      ...names.map((name, i) => `  ${name}: ${i},`),
      "} as const;",
      "",
      `/** The name of a function of \`${kind}\` instructions. */`,
      `export type ${pascal(kind)}Kind = keyof typeof ${kind}Kinds;`,
      "",
    );
  }
  lines.push(
    "/** The functions that an argument may name, by the argument's kind. */",
    "export const kinds: Readonly<Record<string, Readonly<Record<string, number>>>> = {",
    ...Object.keys(kinds).map((kind) => `  ${kind}: ${kind}Kinds,`),
    "};",
    "",
    "/** Every instruction with its arguments: byte addresses unless they are sizes, in elements, or scalars. */",
    "export interface InstructionTable {",
  );
  for (const row of rows) {
    lines.push(docComment(row.doc, 2));
    if (row.args.length === 0) lines.push(`  ${row.name}: Record<never, never>;`);
    else {
      lines.push(`  ${row.name}: {`);
      for (const [name, { kind }] of row.args) lines.push(`    ${name}: ${typeOf(kind)};`);
      lines.push("  };");
    }
  }
  lines.push(
    "}",
    "",
    "/** An instruction's opcode, and its arguments as `name:kind` in the order of their words. */",
    "interface Instruction {",
    "  readonly opcode: number;",
    "  /** Whether the core binary has it too. */",
    "  readonly core: boolean;",
    "  readonly args: readonly string[];",
    "}",
    "",
    "/**",
    " * All instructions, in the order of their opcodes, with a + before those that only the full binary has. A text, which an engine reads faster",
    " * than it makes a hundred small objects.",
    " */",
    "const table = `",
    ...rows.map((row) =>
      [row.core ? row.name : `+${row.name}`, ...row.args.map(([name, { kind }]) => `${name}:${kind}`)].join(
        " ",
      ),
    ),
    "`;",
    "",
    "/** Every instruction by its name. */",
    "export const instructions = Object.fromEntries(",
    '  table.trim().split("\\n").map((line, i) => {',
    '    const [name, ...args] = line.replace("+", "").split(" ");',
    '    return [name, { opcode: i + 1, core: !line.startsWith("+"), args }];',
    "  }),",
    ") as unknown as Readonly<Record<keyof InstructionTable, Instruction>>;",
    "",
  );
  return lines.join("\n");
}

function costs() {
  const helpers = new Set();
  const body = rows.map((row) => {
    if (row.cost === undefined) throw new Error(`${row.name} has no cost`);
    const cost = inTypeScript(row, row.cost, helpers);
    return property(row.name, cost.includes("a.") || cost.includes("(a") ? "(a)" : "()", cost);
  });
  return [
    HEAD.trimEnd(),
    ...importLines(helpers),
    `import type { InstructionTable } from "./instructions.gen.js";`,
    "",
    "/** What an instruction costs, in multiply-adds: a single operation on an element counts a half. */",
    "export const costs: { readonly [K in keyof InstructionTable]: (args: InstructionTable[K]) => number } = {",
    ...body,
    "};",
    "",
  ].join("\n");
}

function property(name, parameters, expression, indent = 2) {
  const pad = " ".repeat(indent);
  const one = `${pad}${name}: ${parameters} => ${expression},`;
  return one.length <= WIDTH ? one : `${pad}${name}: ${parameters} =>\n${pad}  ${expression},`;
}

function operands() {
  const helpers = new Set();
  const parametersOf = (text) => {
    const used = (word) => new RegExp(`\\b${word}\\b`).test(text);
    if (used("memory")) return "(a, _, memory)";
    if (used("threads")) return /\ba\b/.test(text) ? "(a, threads)" : "(_, threads)";
    return /\ba\b/.test(text) ? "(a)" : "()";
  };
  const lambda = (name, row, text, indent) => {
    const expression = inTypeScript(row, text, helpers);
    return property(name, parametersOf(expression), expression, indent);
  };
  const body = rows.flatMap((row) => {
    const own = row.args.filter(([, { kind }]) => kind === "p");
    const lines = [`  ${row.name}: {`];
    if (row.check) lines.push(lambda("fault", row, row.check, 4));
    const flags = row.args.filter(([, argument]) => argument.flag).map(([name]) => `"${name}"`);
    if (flags.length > 0) lines.push(`    flags: [${flags.join(", ")}],`);
    if (own.length === 0) lines.push("    operands: {},");
    else {
      lines.push("    operands: {");
      for (const [name, operand] of own) {
        lines.push(
          `      ${name}: {`,
          `        role: "${operand.role}",`,
          `        type: "${operand.type}",`,
          lambda("elements", row, operand.elements, 8),
        );
        if (operand.first) lines.push(lambda("first", row, operand.first, 8));
        if (operand.optional) lines.push("        optional: true,");
        lines.push("      },");
      }
      lines.push("    },");
    }
    return [...lines, "  },"];
  });
  const imports = [...importLines(helpers), `import type { OperandTable } from "./operands.js";`].sort(
    (a, b) => (a.match(/"(.*)"/)[1] < b.match(/"(.*)"/)[1] ? -1 : 1),
  );
  return [
    HEAD.trimEnd(),
    ...imports,
    "",
    "/** What every instruction reads and writes. */",
    "export const operandTable: OperandTable = {",
    ...body,
    "};",
    "",
  ].join("\n");
}

/** The constants of a family, for TypeScript. */
async function constants(folder) {
  const text = await readFile(path.join(root, "assembly", folder, "constants.ts"), "utf8").catch(
    () => undefined,
  );
  if (text === undefined) return;
  const plain = text.replaceAll(/^(export const \w+): \w+ = /gm, "$1 = ");
  await publishAt(path.join(root, "src/constants", `${folder}.gen.ts`), HEAD + plain);
}

await publishAt(path.join(root, "assembly/program/opcodes.gen.ts"), opcodes(": u32"));
await publishAt(path.join(root, "assembly/program/dispatch.gen.ts"), dispatch());
await publishAt(path.join(root, "src/instructions/opcodes.gen.ts"), opcodes(""));
await publishAt(path.join(root, "src/instructions/instructions.gen.ts"), instructions());
await publishAt(path.join(root, "src/instructions/costs.gen.ts"), costs());
await publishAt(path.join(root, "src/instructions/operands.gen.ts"), operands());
for (const folder of folders) await constants(folder);
