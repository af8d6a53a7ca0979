/** All commands by name, and the management commands that gather them. */
import type { CommandSpec } from "./command-spec.js";
import { attach } from "./commands/attach.js";
import { build } from "./commands/build.js";
import { create } from "./commands/create.js";
import { diff } from "./commands/diff.js";
import { events } from "./commands/events.js";
import { exec } from "./commands/exec.js";
import { history } from "./commands/history.js";
import { images } from "./commands/images.js";
import { info } from "./commands/info.js";
import { containerInspect, imageInspect, inspect, networkInspect, volumeInspect } from "./commands/inspect.js";
import { kill } from "./commands/kill.js";
import { load } from "./commands/load.js";
import { logs } from "./commands/logs.js";
import {
  networkConnect,
  networkCreate,
  networkDisconnect,
  networkList,
  networkPrune,
  networkRemove,
} from "./commands/network.js";
import { pause } from "./commands/pause.js";
import { port } from "./commands/port.js";
import { builderPrune, containerPrune, imagePrune, systemPrune } from "./commands/prune.js";
import { ps } from "./commands/ps.js";
import { pull } from "./commands/pull.js";
import { rename } from "./commands/rename.js";
import { restart } from "./commands/restart.js";
import { rm } from "./commands/rm.js";
import { rmi } from "./commands/rmi.js";
import { run } from "./commands/run.js";
import { save } from "./commands/save.js";
import { start } from "./commands/start.js";
import { stats } from "./commands/stats.js";
import { stop } from "./commands/stop.js";
import { systemDf } from "./commands/system-df.js";
import { tag } from "./commands/tag.js";
import { top } from "./commands/top.js";
import { unpause } from "./commands/unpause.js";
import { update } from "./commands/update.js";
import { version } from "./commands/version.js";
import { volumeCreate, volumeList, volumePrune, volumeRemove } from "./commands/volume.js";
import { wait } from "./commands/wait.js";

type Commands = Readonly<Record<string, CommandSpec>>;

/** What Docker's help calls common comes first. */
export const COMMON = { run, exec, ps, build, pull, images, version, info } satisfies Commands;

export const FURTHER = {
  attach,
  create,
  diff,
  events,
  history,
  inspect,
  kill,
  load,
  logs,
  pause,
  port,
  rename,
  restart,
  rm,
  rmi,
  save,
  start,
  stats,
  stop,
  tag,
  top,
  unpause,
  update,
  wait,
} satisfies Commands;

export interface Group {
  summary: string;
  /** After `docker`, in the usage of errors; Docker is not of one mind about it. */
  usage: string;
  commands: Commands;
  /** Other names of its commands. */
  aliases: Readonly<Record<string, string>>;
  /** Commands of Docker's that are missing here. */
  unsupported: readonly string[];
}

export const GROUPS = {
  builder: {
    summary: "Manage builds",
    usage: "builder",
    commands: { build, prune: builderPrune },
    aliases: {},
    unsupported: [],
  },
  container: {
    summary: "Manage containers",
    usage: "container",
    commands: {
      attach,
      create,
      diff,
      exec,
      inspect: containerInspect,
      kill,
      logs,
      ls: ps,
      pause,
      port,
      prune: containerPrune,
      rename,
      restart,
      rm,
      run,
      start,
      stats,
      stop,
      top,
      unpause,
      update,
      wait,
    },
    aliases: { list: "ls", ps: "ls", remove: "rm" },
    unsupported: ["commit", "cp", "export"],
  },
  image: {
    summary: "Manage images",
    usage: "image",
    commands: {
      build,
      history,
      inspect: imageInspect,
      load,
      ls: images,
      prune: imagePrune,
      pull,
      rm: rmi,
      save,
      tag,
    },
    aliases: { list: "ls", remove: "rm" },
    unsupported: ["import", "push"],
  },
  network: {
    summary: "Manage networks",
    usage: "network COMMAND",
    commands: {
      connect: networkConnect,
      create: networkCreate,
      disconnect: networkDisconnect,
      inspect: networkInspect,
      ls: networkList,
      prune: networkPrune,
      rm: networkRemove,
    },
    aliases: { list: "ls", remove: "rm" },
    unsupported: [],
  },
  system: {
    summary: "Manage the engine",
    usage: "system",
    commands: { df: systemDf, events, info, prune: systemPrune },
    aliases: {},
    unsupported: ["dial-stdio"],
  },
  volume: {
    summary: "Manage volumes",
    usage: "volume COMMAND",
    commands: { create: volumeCreate, inspect: volumeInspect, ls: volumeList, prune: volumePrune, rm: volumeRemove },
    aliases: { list: "ls", remove: "rm" },
    unsupported: ["update"],
  },
} satisfies Record<string, Group>;
