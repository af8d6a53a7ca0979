import { type CommandSpec, exactly } from "../command-spec.js";
import { containerPath } from "../engine-client.js";
import { CommandFailure, messageOf } from "../errors.js";

/** `docker rename` */
export const rename: CommandSpec = {
  usage: "CONTAINER NEW_NAME",
  summary: "Rename a container",
  aliases: ["container rename", "rename"],
  arity: exactly(2),
  flags: [],
  async run({ client, words: [container = "", name = ""] }) {
    if (container.trim() === "" || name.trim() === "")
      throw new CommandFailure("Error: Neither old nor new names may be empty");
    await client.post(containerPath(container, "rename"), { query: { name } }).catch((error) => {
      throw new CommandFailure(`${messageOf(error)}\nError: failed to rename container named ${container}`);
    });
    return 0;
  },
};
