/** Commands that are known, with their flags and help, and refused. */
import type { CommandSpec } from "./command-spec.js";
import { CommandFailure } from "./errors.js";

/** `reason` follows `docker search is not supported by Drydock: `. */
export function refusedCommand(spec: Omit<CommandSpec, "run">, reason: string): CommandSpec {
  return {
    ...spec,
    async run({ name }) {
      throw new CommandFailure(`${name} is not supported by Drydock: ${reason}`);
    },
  };
}
