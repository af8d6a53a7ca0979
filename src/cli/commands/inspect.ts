import { atLeast, type CommandSpec } from "../command-spec.js";
import { containerPath, type EngineClient, imagePath, networkPath } from "../engine-client.js";
import { ApiError, CommandFailure } from "../errors.js";
import { boolFlag, textFlag } from "../flags.js";
import { type Finder, inspectEach, inspectFormatFlag } from "../inspect-each.js";

const size = boolFlag("size", "Work out a container's sizes", { short: "s" });

function findContainer(client: EngineClient, sizes: boolean): Finder {
  return (name) => client.get(containerPath(name, "json"), { query: { size: sizes } });
}

function findImage(client: EngineClient): Finder {
  return (name) => client.get(imagePath(name, "json"));
}

function findVolume(client: EngineClient): Finder {
  return (name) => client.get(`/volumes/${encodeURIComponent(name)}`);
}

function findNetwork(client: EngineClient): Finder {
  return (name) => client.get(networkPath(name));
}

/** Types that Docker knows and that are no part of Drydock. */
const ELSEWHERE = ["config", "node", "plugin", "secret", "service", "task"];

/** `docker inspect`: a container, an image, a network or a volume, whichever has the name. */
export const inspect: CommandSpec = {
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  summary: "Print all that is known of containers, images, networks or volumes",
  arity: atLeast(1),
  flags: [inspectFormatFlag(), size, textFlag("type", "Look only for this: container, image, network or volume")],
  async run(call) {
    const { client, flags } = call;
    const finders: Record<string, Finder> = {
      container: findContainer(client, flags.on("size")),
      image: findImage(client),
      network: findNetwork(client),
      volume: findVolume(client),
    };
    const type = flags.text("type");
    if (type !== undefined && ELSEWHERE.includes(type))
      throw new CommandFailure(`docker inspect --type ${type}: not supported by Drydock yet`);
    if (type !== undefined && type !== "" && !Object.hasOwn(finders, type)) {
      const known = [...ELSEWHERE, ...Object.keys(finders)].sort().map((each) => JSON.stringify(each));
      throw new CommandFailure(`unknown type: ${JSON.stringify(type)}: must be one of ${known.join(", ")}`);
    }
    return inspectEach(call, type ? finders[type]! : firstOf(Object.values(finders)));
  },
};

function firstOf(finders: readonly Finder[]): Finder {
  return async (name) => {
    for (const find of finders) {
      try {
        return await find(name);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
      }
    }
    throw new CommandFailure(`Error: No such object: ${name}`);
  };
}

export const containerInspect: CommandSpec = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Print all that is known of containers",
  arity: atLeast(1),
  flags: [inspectFormatFlag(), size],
  run: (call) => inspectEach(call, findContainer(call.client, call.flags.on("size"))),
};

export const imageInspect: CommandSpec = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Print all that is known of images",
  arity: atLeast(1),
  flags: [inspectFormatFlag()],
  unsupportedFlags: ["platform"],
  run: (call) => inspectEach(call, findImage(call.client)),
};

export const networkInspect: CommandSpec = {
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  summary: "Print all that is known of networks",
  arity: atLeast(1),
  flags: [inspectFormatFlag()],
  unsupportedFlags: ["verbose"],
  run: (call) => inspectEach(call, findNetwork(call.client)),
};

export const volumeInspect: CommandSpec = {
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  summary: "Print all that is known of volumes",
  arity: atLeast(1),
  flags: [inspectFormatFlag()],
  run: (call) => inspectEach(call, findVolume(call.client)),
};
