import type { Handlers } from "./command-handlers.js";
import type { Rooms } from "./rooms.js";

export function processCommands({ processes }: Rooms) {
  return {
    "process.spawn": (params) => processes.spawn(params),
    "process.signal": ({ pid, signal }) => {
      processes.signal(pid, signal);
      return {};
    },
  } satisfies Partial<Handlers>;
}
