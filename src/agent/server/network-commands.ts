import { configureNetwork } from "../network/configure.js";
import { openConnection } from "../network/connection.js";
import type { Handlers } from "./command-handlers.js";
import type { Rooms } from "./rooms.js";

export function networkCommands({ system, streams, containers, names, dialer, ownNetwork }: Rooms) {
  return {
    "network.configure": ({ calls, container }) =>
      container
        ? containers.configure(container.id, container.links, calls)
        : configureNetwork({ system, ownNetwork }, calls),
    "network.answer": ({ question, answer }) => {
      names.answer(question, answer);
      return {};
    },
    "network.connect": async (params) => {
      await openConnection(dialer, streams, params);
      return {};
    },
  } satisfies Partial<Handlers>;
}
