import { atLeast, type CommandSpec } from "../command-spec.js";
import { containerFlags } from "../container-flags.js";
import { containerRequest } from "../container-request.js";
import { createContainer } from "../create-container.js";
import { CommandFailure, messageOf } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { CONTAINER_REFUSALS } from "../refusals.js";

/** `docker create`: makes a container and prints its id. */
export const create: CommandSpec = {
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create a new container",
  aliases: ["container create", "create"],
  arity: atLeast(1),
  flags: [
    ...containerFlags,
    ...flagTable(`--pull string   Pull image before creating ("always", "|missing", "never") (default "missing")`),
  ],
  refusals: CONTAINER_REFUSALS,
  stopAtPositional: true,
  async run(call) {
    const [image = "", ...command] = call.words;
    const request = await containerRequest(call, image, command, false).catch((error) => {
      throw new CommandFailure(`docker: ${messageOf(error)}\n\nRun 'docker create --help' for more information`, 125);
    });
    await call.context.stdout.write(`${await createContainer(call, request)}\n`);
    return 0;
  },
};
