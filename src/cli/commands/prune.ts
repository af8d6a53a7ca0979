/** `docker container prune`, `image prune`, `builder prune` and `system prune`. */
import type {
  ContainersPruneResponse,
  ImageDeleteItem,
  ImagesPruneResponse,
  VolumesPruneResponse,
} from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { type Call, type CommandSpec, none } from "../command-spec.js";
import { confirm } from "../confirm.js";
import { CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { filterQuery } from "../flags.js";
import { because } from "../refusals.js";
import { pruneNetworks } from "./network.js";

/** What one kind of thing gave: its list with a heading, and bytes. */
interface Pruned {
  text: string;
  bytes: number;
}

export const containerPrune: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Remove all stopped containers",
  arity: none,
  flags: flagTable(`
        --filter filter   Provide filter values (e.g. "until=<timestamp>")
    -f, --force           Do not prompt for confirmation
  `),
  run: (call) => prune(call, "WARNING! This will remove all stopped containers.", [pruneContainers]),
};

const UNUSED_IMAGES = "all images without at least one container associated to them";

export const imagePrune: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Remove unused images",
  arity: none,
  flags: flagTable(`
    -a, --all             Remove all unused images, not just dangling ones
        --filter filter   Provide filter values (e.g. "until=<timestamp>")
    -f, --force           Do not prompt for confirmation
  `),
  run(call) {
    const what = call.flags.on("all") ? UNUSED_IMAGES : "all dangling images";
    return prune(call, `WARNING! This will remove ${what}.`, [pruneImages]);
  },
};

export const builderPrune: CommandSpec = {
  usage: "",
  summary: "Remove build cache",
  arity: none,
  flags: flagTable(`
    -a, --all                  Remove all unused build cache, not just dangling ones
        --filter filter        Provide filter values (e.g. "until=24h")
    -f, --force                Do not prompt for confirmation
        --keep-storage bytes   Amount of disk space to keep for cache
  `),
  refusals: because("the build cache is pruned whole", "keep-storage"),
  run(call) {
    const what = call.flags.on("all") ? "all build cache" : "all dangling build cache";
    return prune(call, `WARNING! This will remove ${what}.`, [pruneBuildCache]);
  },
};

export const systemPrune: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Remove unused data",
  arity: none,
  flags: flagTable(`
    -a, --all             Remove all unused images not just dangling ones
        --filter filter   Provide filter values (e.g. "label=<key>=<value>")
    -f, --force           Do not prompt for confirmation
        --volumes         Prune anonymous volumes
  `),
  run(call) {
    const { flags } = call;
    const all = flags.on("all");
    const volumes = flags.on("volumes");
    if (volumes && flags.list("filter").some((each) => each.startsWith("until=")))
      throw new CommandFailure('ERROR: The "until" filter is not supported with "--volumes"');
    const what = [
      "all stopped containers",
      "all networks not used by at least one container",
      ...(volumes ? ["all anonymous volumes not used by at least one container"] : []),
      all ? UNUSED_IMAGES : "all dangling images",
      all ? "all build cache" : "unused build cache",
    ];
    const warning = `WARNING! This will remove:\n${what.map((each) => `  - ${each}\n`).join("")}`;
    const steps = [
      pruneContainers,
      pruneUnusedNetworks,
      ...(volumes ? [pruneVolumes] : []),
      pruneImages,
      pruneBuildCache,
    ];
    return prune(call, warning, steps);
  },
};

async function prune(call: Call, warning: string, steps: readonly ((call: Call) => Promise<Pruned>)[]) {
  const { context, flags } = call;
  if (!flags.on("force") && !(await confirm(context, warning))) return 0;
  let bytes = 0;
  for (const step of steps) {
    const pruned = await step(call);
    bytes += pruned.bytes;
    if (pruned.text) await context.stdout.write(`${pruned.text}\n`);
  }
  await context.stdout.write(`Total reclaimed space: ${humanSize(bytes)}\n`);
  return 0;
}

async function pruneContainers({ client, flags }: Call): Promise<Pruned> {
  const query = { filters: filterQuery(flags.list("filter")) };
  const answer = await client.json<ContainersPruneResponse>("POST", "/containers/prune", { query });
  return { text: listText("Deleted Containers:", answer.ContainersDeleted), bytes: answer.SpaceReclaimed };
}

async function pruneUnusedNetworks(call: Call): Promise<Pruned> {
  return { text: await pruneNetworks(call), bytes: 0 };
}

async function pruneVolumes({ client, flags }: Call): Promise<Pruned> {
  const query = { filters: filterQuery(flags.list("filter").filter((each) => each.startsWith("label"))) };
  const answer = await client.json<VolumesPruneResponse>("POST", "/volumes/prune", { query });
  return { text: listText("Deleted Volumes:", answer.VolumesDeleted), bytes: answer.SpaceReclaimed };
}

async function pruneImages({ client, flags }: Call): Promise<Pruned> {
  const filters = filterQuery(flags.list("filter"), { dangling: String(!flags.on("all")) });
  const answer = await client.json<ImagesPruneResponse>("POST", "/images/prune", { query: { filters } });
  return {
    text: listText("Deleted Images:", (answer.ImagesDeleted ?? []).map(imageText)),
    bytes: answer.SpaceReclaimed,
  };
}

function imageText({ Deleted, Untagged }: ImageDeleteItem): string {
  return Deleted ? `deleted: ${Deleted}` : `untagged: ${Untagged}`;
}

async function pruneBuildCache({ client, flags }: Call): Promise<Pruned> {
  const query = { all: flags.on("all"), filters: filterQuery(flags.list("filter")) };
  const answer = await client.json<{ CachesDeleted?: string[] | null; SpaceReclaimed: number }>(
    "POST",
    "/build/prune",
    {
      query,
    },
  );
  return { text: listText("Deleted build cache objects:", answer.CachesDeleted ?? null), bytes: answer.SpaceReclaimed };
}

function listText(heading: string, names: readonly string[] | null): string {
  return names && names.length > 0 ? `${heading}\n${names.join("\n")}\n` : "";
}
