import type { Command, Option } from "commander";
import { fields } from "./fields.js";
import { flagOf } from "./flags.js";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What is completed of one command; of nested ones the name is both words. */
interface Completed {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly {
    readonly flag: string;
    readonly takes: boolean;
    readonly values: readonly string[];
    readonly help: string;
  }[];
  /** What its first argument may be, where that is one of a few words. */
  readonly words: readonly string[];
}

/** A script that makes a shell complete what the command's own definitions say. Files are completed where nothing else is known. */
export function completionScript(loam: Command, shell: Shell): string {
  const commands = completed(loam);
  return { bash, zsh, fish }[shell](commands);
}

function completed(loam: Command): Completed[] {
  // What only the command itself starts is hidden from help, and so from a shell.
  const visible = loam.createHelp().visibleCommands(loam);
  return loam.commands
    .filter((command) => visible.includes(command))
    .flatMap((command) => {
      const flags = [
        ...command.options.map(flagOfOption),
        { flag: "--help", takes: false, values: [], help: "print help" },
      ];
      const words = [
        ...command.commands.map((one) => one.name()),
        ...(command.registeredArguments[0]?.argChoices ?? []),
      ];
      const own = { name: command.name(), description: command.description(), flags, words };
      const nested = command.commands.map((one) => ({
        ...{ name: `${command.name()} ${one.name()}`, description: one.description(), words: [] },
        flags: one.options.map(flagOfOption),
      }));
      return [own, ...nested];
    });
}

function flagOfOption(option: Option): Completed["flags"][number] {
  return {
    flag: option.long ?? option.flags,
    takes: option.required || option.optional,
    values: option.argChoices ?? valuesOf(option.long ?? ""),
    help: option.description,
  };
}

/** The values of a setting that is one of a few words, as its schema says. */
function valuesOf(flag: string): readonly string[] {
  const name = Object.keys(fields).find((field) => flagOf(field) === flag);
  const schema: unknown = name === undefined ? undefined : fields[name as keyof typeof fields];
  const { options } = (schema ?? {}) as { options?: unknown };
  const words =
    Array.isArray(options) && options.every((one) => typeof one === "string") ? (options as string[]) : [];
  return flag === "--model" ? [...words, "auto"] : words;
}

/** The words of a shell's list; what stands in definitions has no quotes, and descriptions lose theirs. */
function plain(text: string): string {
  return text
    .replace(/["'`\\$:[\]\n]/g, " ")
    .replace(/ +/g, " ")
    .trim();
}

function bash(commands: readonly Completed[]): string {
  const top = commands.filter(({ name }) => !name.includes(" ")).map(({ name }) => name);
  const nests = commands.filter(({ name }) => name.includes(" "));
  const cases = commands.map(
    ({ name, flags, words }) =>
      `    ${JSON.stringify(name)}) flags="${flags.map(({ flag }) => flag).join(" ")}"; words="${words.join(" ")}" ;;`,
  );
  const values = commands.flatMap(({ name, flags }) =>
    flags
      .filter(({ takes }) => takes)
      .map(({ flag, values: some }) =>
        some.length > 0
          ? `    "${name} ${flag}") COMPREPLY=($(compgen -W "${some.join(" ")}" -- "$current")); return ;;`
          : `    "${name} ${flag}") COMPREPLY=($(compgen -f -- "$current")); return ;;`,
      ),
  );
  return `# Completion of loam for bash, made by: loam completion bash
_loam() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} at=2 flags="" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${top.join(" ")} --help --version" -- "$current"))
    return
  fi
  case "$command \${COMP_WORDS[2]}" in
    ${nests.length > 0 ? nests.map(({ name }) => `"${name}"`).join("|") : '"-"'}) [ "$COMP_CWORD" -gt 2 ] && command="$command \${COMP_WORDS[2]}" && at=3 ;;
  esac
  case "$command $before" in
${values.join("\n")}
  esac
  case "$command" in
${cases.join("\n")}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [ -n "$words" ] && [ "$COMP_CWORD" -eq "$at" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _loam loam
`;
}

function zsh(commands: readonly Completed[]): string {
  const top = commands.filter(({ name }) => !name.includes(" "));
  const spec = ({ flag, takes, values, help }: Completed["flags"][number]) =>
    `'${flag}[${plain(help)}]${takes ? (values.length > 0 ? `:value:(${values.join(" ")})` : ":value:_files") : ""}'`;
  const of = ({ flags, words }: Completed) =>
    `_arguments ${[...flags.map(spec), ...(words.length > 0 ? [`'1:word:(${words.join(" ")})'`, "'*:file:_files'"] : ["'*:file:_files'"])].join(" \\\n        ")}`;
  return `#compdef loam
# Completion of loam for zsh, made by: loam completion zsh
_loam() {
  local -a commands
  commands=(
${top.map(({ name, description }) => `    '${name}:${plain(description)}'`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
${
  commands.some(({ name }) => name.includes(" "))
    ? `  case "$command $words[2]" in
    ${commands
      .filter(({ name }) => name.includes(" "))
      .map(({ name }) => `"${name}"`)
      .join(
        "|",
      )}) if (( CURRENT > 2 )); then command="$command $words[2]"; shift words; (( CURRENT-- )); fi ;;
  esac
`
    : ""
}  case "$command" in
${commands.map((one) => `    "${one.name}")\n      ${of(one)} ;;`).join("\n")}
  esac
}
_loam "$@"
`;
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, description, flags, words }) => {
    const [first = "", second] = name.split(" ");
    const where = second
      ? `'__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}'`
      : `'__fish_seen_subcommand_from ${first}'`;
    return [
      ...(second
        ? []
        : [`complete -c loam -n __fish_use_subcommand -f -a ${first} -d '${plain(description)}'`]),
      ...words.map((word) => `complete -c loam -n ${where} -a ${word}`),
      ...flags.map(
        ({ flag, takes, values, help }) =>
          `complete -c loam -n ${where} -l ${flag.slice(2)}${takes ? (values.length > 0 ? ` -x -a '${values.join(" ")}'` : " -r") : ""} -d '${plain(help)}'`,
      ),
    ];
  });
  return `# Completion of loam for fish, made by: loam completion fish\n${lines.join("\n")}\n`;
}
