import { PAGE_DIRECTORY } from "../../protocol/page-files.js";
import { S_IFDIR, S_IFMT } from "../../shared/linux/constants.js";
import { collectTree } from "../collect/collect-tree.js";
import { Failure, succeeds } from "../failure.js";
import { exchangePath, placeFile } from "../machine/place-file.js";
import { makeDirectories } from "../make-directories.js";
import type { System } from "../system/system.js";
import { removeTree } from "../trees/remove-tree.js";
import type { Handlers } from "./command-handlers.js";
import type { Rooms } from "./rooms.js";

export function fileCommands({ system, streams }: Rooms) {
  return {
    "tree.collect": ({ root, entries, contents }) =>
      collectTree(system, {
        root: absolute(root),
        contents: contents === undefined ? undefined : exchangePath(contents),
        entries: streams.output(entries),
        overlay: false,
      }),
    "file.place": async ({ exchange, path, mode }) => {
      await placeFile(system, exchange, absolute(path), mode);
      return {};
    },
    "file.remove": async ({ path, recursive }) => {
      if (recursive) await removeTree(system, absolute(path));
      else removeOne(system, absolute(path));
      return {};
    },
    "file.makeDirectory": ({ path, mode }) => {
      makeDirectories(system, absolute(path).slice(0, path.lastIndexOf("/")));
      // What the process's mask would take away is asked for.
      if (succeeds(["EEXIST"], () => system.mkdir(path, mode))) system.chmod(path, mode & 0o7777);
      return {};
    },
    "file.sync": () => {
      system.syncfs(PAGE_DIRECTORY);
      return {};
    },
  } satisfies Partial<Handlers>;
}

function removeOne(system: System, path: string): void {
  if ((system.lstat(path).mode & S_IFMT) === S_IFDIR) system.rmdir(path);
  else system.unlink(path);
}

function absolute(path: string): string {
  if (!path.startsWith("/")) throw new Failure("invalid-params", `path ${path} is not absolute`);
  return path;
}
