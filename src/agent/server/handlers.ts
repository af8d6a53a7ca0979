/** Every command of the protocol and what answers it. */
import type { Handlers } from "./command-handlers.js";
import { containerCommands } from "./container-commands.js";
import { fileCommands } from "./file-commands.js";
import { machineCommands } from "./machine-commands.js";
import { networkCommands } from "./network-commands.js";
import { processCommands } from "./process-commands.js";
import type { Rooms } from "./rooms.js";
import { sessionCommands } from "./session-commands.js";
import { snapshotCommands } from "./snapshot-commands.js";

/** A command without a handler does not compile. */
export function handlersOf(rooms: Rooms) {
  return {
    ...machineCommands(rooms),
    ...processCommands(rooms),
    ...snapshotCommands(rooms),
    ...containerCommands(rooms),
    ...networkCommands(rooms),
    ...sessionCommands(rooms),
    ...fileCommands(rooms),
  } satisfies Handlers;
}
