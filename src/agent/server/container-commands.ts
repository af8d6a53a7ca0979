import type { Handlers } from "./command-handlers.js";
import type { Rooms } from "./rooms.js";

export function containerCommands({ containers }: Rooms) {
  return {
    "container.create": (params) => containers.create(params),
    "container.start": ({ id }) => containers.start(id),
    "container.kill": (params) => {
      containers.kill(params);
      return {};
    },
    "container.delete": async (params) => {
      await containers.delete(params);
      return {};
    },
    "container.exec": (params) => containers.exec(params),
    "container.resize": ({ id, exec, columns, rows }) => {
      containers.resize(id, exec, columns, rows);
      return {};
    },
    "container.pause": async ({ id, paused }) => {
      await containers.pause(id, paused);
      return {};
    },
    "container.update": (params) => containers.update(params),
    "container.readFile": ({ id, path }) => containers.readFile(id, path),
    "container.state": ({ id }) => containers.state(id),
    "container.list": () => ({ containers: containers.list() }),
    "container.usage": ({ ids }) => ({ usages: containers.usage(ids) }),
  } satisfies Partial<Handlers>;
}
