/** All commands by name, and the management commands that gather them. */
import type { CommandSpec } from "./command-spec.js";
import { attach } from "./commands/attach.js";
import { build } from "./commands/build.js";
import { commit } from "./commands/commit.js";
import { completionBash, completionElsewhere } from "./commands/completion.js";
import {
  contextCreate,
  contextExport,
  contextImport,
  contextInspect,
  contextList,
  contextRemove,
  contextShow,
  contextUpdate,
  contextUse,
} from "./commands/context.js";
import { cp } from "./commands/cp.js";
import { create } from "./commands/create.js";
import { diff } from "./commands/diff.js";
import { events } from "./commands/events.js";
import { exec } from "./commands/exec.js";
import { exportContainer } from "./commands/export.js";
import { history } from "./commands/history.js";
import { images } from "./commands/images.js";
import { importImage } from "./commands/import.js";
import { info } from "./commands/info.js";
import { containerInspect, imageInspect, inspect, networkInspect, volumeInspect } from "./commands/inspect.js";
import { kill } from "./commands/kill.js";
import { load } from "./commands/load.js";
import { login, logout } from "./commands/login.js";
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
import { push } from "./commands/push.js";
import { rename } from "./commands/rename.js";
import { restart } from "./commands/restart.js";
import { rm } from "./commands/rm.js";
import { rmi } from "./commands/rmi.js";
import { run } from "./commands/run.js";
import { save } from "./commands/save.js";
import { search } from "./commands/search.js";
import { start } from "./commands/start.js";
import { stats } from "./commands/stats.js";
import { stop } from "./commands/stop.js";
import { systemDf } from "./commands/system-df.js";
import { tag } from "./commands/tag.js";
import { top } from "./commands/top.js";
import { unpause } from "./commands/unpause.js";
import { update } from "./commands/update.js";
import { version } from "./commands/version.js";
import { volumeCreate, volumeList, volumePrune, volumeRemove, volumeUpdate } from "./commands/volume.js";
import { wait } from "./commands/wait.js";

type Commands = Readonly<Record<string, CommandSpec>>;

/** What Docker's help calls common comes first. */
export const COMMON = {
  run,
  exec,
  ps,
  build,
  pull,
  push,
  images,
  login,
  logout,
  search,
  version,
  info,
} satisfies Commands;

export const FURTHER = {
  attach,
  commit,
  cp,
  create,
  diff,
  events,
  export: exportContainer,
  history,
  import: importImage,
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
  /** What its help page says instead of the summary. */
  description?: string;
  /** After `docker`, in the usage of errors; Docker is not of one mind about it. */
  usage: string;
  commands: Commands;
  /** Other names of its commands. */
  aliases: Readonly<Record<string, string>>;
}

export const GROUPS = {
  builder: {
    summary: "Manage builds",
    usage: "builder",
    commands: { build, prune: builderPrune },
    aliases: {},
  },
  container: {
    summary: "Manage containers",
    usage: "container",
    commands: {
      attach,
      commit,
      cp,
      create,
      diff,
      exec,
      export: exportContainer,
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
  },
  context: {
    summary: "Manage contexts",
    usage: "context",
    commands: {
      create: contextCreate,
      export: contextExport,
      import: contextImport,
      inspect: contextInspect,
      ls: contextList,
      rm: contextRemove,
      show: contextShow,
      update: contextUpdate,
      use: contextUse,
    },
    aliases: { list: "ls", remove: "rm" },
  },
  image: {
    summary: "Manage images",
    usage: "image",
    commands: {
      build,
      history,
      import: importImage,
      inspect: imageInspect,
      load,
      ls: images,
      prune: imagePrune,
      pull,
      push,
      rm: rmi,
      save,
      tag,
    },
    aliases: { list: "ls", remove: "rm" },
  },
  network: {
    summary: "Manage networks",
    usage: "network",
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
  },
  system: {
    summary: "Manage Docker",
    usage: "system",
    commands: { df: systemDf, events, info, prune: systemPrune },
    aliases: {},
  },
  volume: {
    summary: "Manage volumes",
    usage: "volume COMMAND",
    commands: {
      create: volumeCreate,
      inspect: volumeInspect,
      ls: volumeList,
      prune: volumePrune,
      rm: volumeRemove,
      update: volumeUpdate,
    },
    aliases: { list: "ls", remove: "rm" },
  },
} satisfies Record<string, Group>;

/** No help page names them. */
export const UNLISTED_GROUPS = {
  completion: {
    summary: "Generate the autocompletion script for the specified shell",
    description:
      "Generate the autocompletion script for docker for the specified shell.\n" +
      "See each sub-command's help for details on how to use the generated script.",
    usage: "completion",
    commands: {
      bash: completionBash,
      fish: completionElsewhere("fish"),
      powershell: completionElsewhere("powershell"),
      zsh: completionElsewhere("zsh"),
    },
    aliases: {},
  },
} satisfies Record<string, Group>;
