import { Emitter } from "../shared/disposable.js";
import { FileExchange } from "./exchange.js";
import { TreeShelf } from "./layer-shelf.js";
import type { WorkspaceSeed } from "./machine.js";
import { MountFiles } from "./ninep/mount-files.js";
import { type Limits, Quota } from "./ninep/quota.js";
import { NinePServer } from "./ninep/server.js";
import { FileWorkspace } from "./workspace.js";

const MEBIBYTE = 1 << 20;

/** Sources and small data: it is listed, and read whole, by the page, which sends it all as a build's context. */
const WORKSPACE_LIMITS: Limits = { bytes: 256 * MEBIBYTE, names: 65_536 };
/** What one step of a build changed passes here in one file, at most what fits on the guest's disk beside its layers. */
const EXCHANGE_LIMITS: Limits = { bytes: 1024 * MEBIBYTE, names: 4096 };

/** Quotas. Default: what a page can bear. */
export interface PageLimits {
  workspace?: Limits;
  exchange?: Limits;
}

/** All that the guest sees over 9P, and its server. */
export interface PageFiles {
  server: NinePServer;
  layers: TreeShelf;
  exchange: FileExchange;
  workspace: FileWorkspace;
  /** What the guest cannot be told, or does not pass on. One line each. */
  messages: Emitter<string>;
}

/** @throws {Error} when the seeds are more than the workspace holds. */
export function createPageFiles(seeds?: Iterable<WorkspaceSeed>, limits: PageLimits = {}): PageFiles {
  const top = new MountFiles();
  const server = new NinePServer(top);
  const messages = new Emitter<string>();
  server.onMessage((message) => messages.fire(message));
  const inUse = () => server.nodesInUse();
  const quota = (limits: Limits, fullText: (limit: string) => string) =>
    new Quota({
      ...limits,
      inUse,
      fullText: (what) => fullText(limitText(what, limits)),
      onFull: (message) => messages.fire(message),
    });
  const layers = new TreeShelf((files) => server.release(files));
  const exchange = new FileExchange(quota(limits.exchange ?? EXCHANGE_LIMITS, exchangeFull));
  const workspace = new FileWorkspace(exchange, seeds, quota(limits.workspace ?? WORKSPACE_LIMITS, workspaceFull));
  top.mount("layers", layers.files);
  top.mount("exchange", exchange.files);
  top.mount("work", workspace.files);
  return { server, layers, exchange, workspace, messages };
}

function limitText(what: keyof Limits, limits: Limits): string {
  return what === "bytes" ? `${Math.floor(limits.bytes / MEBIBYTE)} MiB` : `${limits.names} files`;
}

function workspaceFull(limit: string): string {
  return `the workspace is full: it holds ${limit}; what was written last may be lost: remove files from /root/work and write it again`;
}

function exchangeFull(limit: string): string {
  return `too much at once between guest and page: ${limit} fit; have a build's step change less, or copy less at once`;
}
