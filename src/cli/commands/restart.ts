import { atLeast, type CommandSpec } from "../command-spec.js";
import { endEach, stopFlags } from "./stop.js";

/** `docker restart`: stop and start. */
export const restart: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Restart one or more containers",
  aliases: ["container restart", "restart"],
  arity: atLeast(1),
  flags: stopFlags,
  run: (call) => endEach(call, "restart"),
};
