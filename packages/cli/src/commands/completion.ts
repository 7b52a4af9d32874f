import { Argument, type Command } from "commander";
import { completionScript, SHELLS, type Shell } from "../completion-script.js";
import type { Terminal } from "../terminal.js";

/** `loam completion`. */
export function completionCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("completion")
    .addArgument(new Argument("<shell>", "whose words the script is in").choices(SHELLS))
    .description("Print a script with which a shell completes commands, flags and their values.")
    .addHelpText(
      "after",
      `
Where it goes:
  bash   loam completion bash > ~/.local/share/bash-completion/completions/loam
  zsh    loam completion zsh > "\${fpath[1]}/_loam"
  fish   loam completion fish > ~/.config/fish/completions/loam.fish`,
    )
    .action((shell: Shell) => {
      terminal.stdout.write(completionScript(loam, shell));
    });
}
