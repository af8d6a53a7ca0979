/** What may stand in the place of a command line's last word: what `docker __complete WORDS` prints, one a line. */
import type { ContainerSummary, ImageSummary, VolumeListResponse } from "../engine/api/types.js";
import type { CommandSpec } from "./command-spec.js";
import type { EngineClient } from "./engine-client.js";
import type { Flag } from "./flags.js";

/** Commands by name, and groups of them. */
export interface CommandTree {
  flags: readonly Flag[];
  commands: Readonly<Record<string, CommandSpec | CommandTree>>;
}

/** @param words the last one is what is to be completed, and may be empty. */
export async function complete(tree: CommandTree, words: readonly string[], client: EngineClient): Promise<string[]> {
  const last = words.at(-1) ?? "";
  const found = await candidates(tree, words.slice(0, -1), last, client);
  return found.filter((each) => each.startsWith(last));
}

async function candidates(
  tree: CommandTree,
  before: readonly string[],
  last: string,
  client: EngineClient,
): Promise<string[]> {
  let place: CommandSpec | CommandTree = tree;
  let positional = 0;
  let wanted: Flag | undefined;
  for (const word of before) {
    if (wanted) wanted = undefined;
    else if (word.startsWith("-")) wanted = flagThatWantsValue(place.flags, word);
    else if (!("commands" in place)) positional++;
    else if (Object.hasOwn(place.commands, word)) place = place.commands[word]!;
    else return [];
  }
  if (wanted) return [];
  if (last.startsWith("-")) return place.flags.filter(({ hidden }) => !hidden).map(({ long }) => `--${long}`);
  if ("commands" in place) return Object.keys(place.commands).sort();
  return positional > 0 && place.stopAtPositional ? [] : names(place.usage, client);
}

/** `-it` wants none, `-n` of `logs` the next word, `--tail=3` has it. */
function flagThatWantsValue(flags: readonly Flag[], word: string): Flag | undefined {
  const isLong = word.startsWith("--");
  const flag = flags.find(({ long, short }) => (isLong ? long === word.slice(2) : short === word.at(-1)));
  return flag?.type === undefined ? undefined : flag;
}

/** Names of what the usage says that the command takes. */
async function names(usage: string, client: EngineClient): Promise<string[]> {
  if (usage.includes("CONTAINER")) {
    const containers = await client.get<ContainerSummary[]>("/containers/json", { query: { all: true } });
    return containers.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, "")));
  }
  if (usage.includes("IMAGE")) {
    const images = await client.get<ImageSummary[]>("/images/json");
    return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => !name.startsWith("<none>"));
  }
  if (!usage.includes("VOLUME")) return [];
  const { Volumes } = await client.get<VolumeListResponse>("/volumes");
  return (Volumes ?? []).map(({ Name }) => Name);
}
