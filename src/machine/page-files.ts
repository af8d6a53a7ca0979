import { FileExchange } from "./exchange.js";
import { TreeShelf } from "./layer-shelf.js";
import type { WorkspaceSeed } from "./machine.js";
import { MountFiles } from "./ninep/mount-files.js";
import { NinePServer } from "./ninep/server.js";
import { FileWorkspace } from "./workspace.js";

/** All that the guest sees over 9P, and its server. */
export interface PageFiles {
  server: NinePServer;
  layers: TreeShelf;
  exchange: FileExchange;
  workspace: FileWorkspace;
}

export function createPageFiles(seeds?: Iterable<WorkspaceSeed>): PageFiles {
  const top = new MountFiles();
  const server = new NinePServer(top);
  const layers = new TreeShelf((files) => server.release(files));
  const exchange = new FileExchange();
  const workspace = new FileWorkspace(exchange, seeds);
  top.mount("layers", layers.files);
  top.mount("exchange", exchange.files);
  top.mount("work", workspace.files);
  return { server, layers, exchange, workspace };
}
