import { atLeast, type CommandSpec } from "../command-spec.js";
import { endEach, stopFlags } from "./stop.js";

/** `docker restart`: stop and start. */
export const restart: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Stop containers and start them again",
  aliases: ["container restart", "restart"],
  arity: atLeast(1),
  flags: stopFlags,
  run: (call) => endEach(call, "restart"),
};
