import type { Handlers } from "./command-handlers.js";
import type { Rooms } from "./rooms.js";

export function containerCommands({ containers }: Rooms) {
  return {
    "container.create": (params) => containers.create(params),
    "container.start": async ({ id }) => {
      await containers.start(id);
      return {};
    },
    "container.kill": ({ id, signal, all }) => {
      containers.kill(id, signal, all === true);
      return {};
    },
    "container.delete": async ({ id }) => {
      await containers.delete(id);
      return {};
    },
    "container.exec": (params) => containers.exec(params),
    "container.resize": ({ id, exec, columns, rows }) => {
      containers.resize(id, exec, columns, rows);
      return {};
    },
    "container.pause": ({ id, paused }) => {
      containers.pause(id, paused);
      return {};
    },
    "container.usage": ({ ids }) => ({ usages: containers.usage(ids) }),
  } satisfies Partial<Handlers>;
}
