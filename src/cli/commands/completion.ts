/** `docker completion …`: scripts that let a shell complete what is typed after `docker`. */
import { type CommandSpec, none } from "../command-spec.js";
import { refusedCommand } from "../refused-command.js";

/**
 * The line is split by spaces alone, since bash would split the names of images as well; but it puts in only what
 * follows the last of its own word breaks.
 */
const BASH = `# Completion of docker's commands in bash. To have it: eval "$(docker completion bash)"
__docker_complete() {
  local line=\${COMP_LINE:0:COMP_POINT} words found
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local word=\${words[-1]} IFS=$'\\n'
  found=($(docker __complete "\${words[@]:1}" 2>/dev/null))
  COMPREPLY=("\${found[@]#"\${word%"\${word##*[:=]}"}"}")
}
complete -o bashdefault -o default -F __docker_complete docker
`;

const summaryOf = (shell: string) => `Generate the autocompletion script for ${shell}`;

export const completionBash: CommandSpec = {
  usage: "",
  summary: summaryOf("bash"),
  arity: none,
  flags: [],
  async run({ context }) {
    await context.stdout.write(BASH);
    return 0;
  },
};

/** Of a shell that the guest does not have. */
export const completionElsewhere = (shell: string): CommandSpec =>
  refusedCommand({ usage: "", summary: summaryOf(shell), arity: none, flags: [] }, "the guest's shell is bash");
