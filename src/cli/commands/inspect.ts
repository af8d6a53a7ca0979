import { atLeast, type CommandSpec } from "../command-spec.js";
import { containerPath, type EngineClient, imagePath, networkPath } from "../engine-client.js";
import { ApiError, CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { documentFormatFlag } from "../flags.js";
import { type Finder, inspectEach } from "../inspect-each.js";
import { containerShape, imageShape, volumeShape } from "../inspect-shapes.js";
import { because, ONE_PLATFORM } from "../refusals.js";
import { REFUSED_GROUPS, REFUSED_SWARM_GROUPS } from "../refused-groups.js";

function findContainer(client: EngineClient, sizes: boolean): Finder {
  return async (name) => ({
    document: await client.get(containerPath(name, "json"), { query: { size: sizes } }),
    shape: containerShape,
  });
}

function findImage(client: EngineClient): Finder {
  return async (name) => ({ document: await client.get(imagePath(name, "json")), shape: imageShape });
}

function findVolume(client: EngineClient): Finder {
  return async (name) => ({
    document: await client.get(`/volumes/${encodeURIComponent(name)}`),
    shape: volumeShape,
  });
}

function findNetwork(client: EngineClient): Finder {
  return async (name) => ({ document: await client.get(networkPath(name)), shape: {} });
}

const { plugin } = REFUSED_GROUPS;
const { config, node, secret, service } = REFUSED_SWARM_GROUPS;

/** Types that Docker knows and that are no part of Drydock. */
const ELSEWHERE = { config, node, plugin, secret, service, task: service };

/** `docker inspect`: a container, an image, a network or a volume, whichever has the name. */
export const inspect: CommandSpec = {
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  summary: "Return low-level information on Docker objects",
  arity: atLeast(1),
  flags: [
    documentFormatFlag(),
    ...flagTable(`
      -s, --size          Display total file sizes if the type is container
          --type string   Only inspect objects of the given type
    `),
  ],
  async run(call) {
    const { client, flags } = call;
    const finders: Record<string, Finder> = {
      container: findContainer(client, flags.on("size")),
      image: findImage(client),
      network: findNetwork(client),
      volume: findVolume(client),
    };
    const type = flags.text("type");
    if (type !== undefined && Object.hasOwn(ELSEWHERE, type)) {
      const { reason } = ELSEWHERE[type as keyof typeof ELSEWHERE];
      throw new CommandFailure(`docker inspect: --type ${type} is not supported by Drydock: ${reason}`);
    }
    if (type !== undefined && type !== "" && !Object.hasOwn(finders, type)) {
      const known = [...Object.keys(ELSEWHERE), ...Object.keys(finders)].sort().map((each) => JSON.stringify(each));
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
  summary: "Display detailed information on one or more containers",
  arity: atLeast(1),
  flags: [
    documentFormatFlag(),
    ...flagTable(`
      -s, --size   Display total file sizes
    `),
  ],
  run: (call) => inspectEach(call, findContainer(call.client, call.flags.on("size"))),
};

export const imageInspect: CommandSpec = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Display detailed information on one or more images",
  arity: atLeast(1),
  flags: [
    documentFormatFlag(),
    ...flagTable(`
      --platform string   Inspect a specific platform of the multi-platform image.
                          If the image or the server is not multi-platform capable, the command will error out if the platform does not match.
                          'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)
    `),
  ],
  refusals: ONE_PLATFORM,
  run: (call) => inspectEach(call, findImage(call.client)),
};

export const networkInspect: CommandSpec = {
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  summary: "Display detailed information on one or more networks",
  arity: atLeast(1),
  flags: [documentFormatFlag(), ...flagTable("-v, --verbose   Verbose output for diagnostics")],
  refusals: because("a network of one machine has no more to say", "verbose"),
  run: (call) => inspectEach(call, findNetwork(call.client)),
};

export const volumeInspect: CommandSpec = {
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  summary: "Display detailed information on one or more volumes",
  arity: atLeast(1),
  flags: [documentFormatFlag()],
  run: (call) => inspectEach(call, findVolume(call.client)),
};
