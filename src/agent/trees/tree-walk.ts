/**
 * A way through a tree by descriptors: every name is looked up in a directory that is open, and no link is followed. So
 * paths may be longer than the kernel takes, and whoever moves things meanwhile does not lead the walk elsewhere.
 */

import { O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_RDONLY } from "../../shared/linux/constants.js";
import { allowing, Failure } from "../failure.js";
import type { Fd, System } from "../system/system.js";

const DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
/** Levels whose directories are kept open. To those above, the way back is `..`, which is checked. */
const MOST_OPEN = 64;

interface Level {
  /** From the root, with a slash at its end; empty for the root. */
  prefix: string;
  name: string;
  /** Not yet walked, the next one last; read when first asked for. */
  names?: string[];
  /** Open, or what it is known by. */
  directory: { fd: Fd } | { dev: number; ino: number };
}

export class TreeWalk {
  readonly #levels: Level[] = [];

  /** Begins in the directory `root`. */
  constructor(
    readonly system: System,
    root: string,
  ) {
    this.#push("", root, system.open(root, DIRECTORY_FLAGS, 0));
  }

  /** The directory that the walk is in. */
  get fd(): Fd {
    const { directory } = this.#levels.at(-1)!;
    return "fd" in directory ? directory.fd : this.#lost();
  }

  /** 0 in the root. */
  get depth(): number {
    return this.#levels.length - 1;
  }

  /** Path of a name in this directory, from the root. */
  pathOf(name: string): string {
    return this.#levels.at(-1)!.prefix + name;
  }

  /** The next name of this directory, in its own order; undefined after the last one. */
  next(): string | undefined {
    const level = this.#levels.at(-1)!;
    level.names ??= (allowing(["ENOENT"], () => this.system.readdir(".", this.fd)) ?? []).reverse();
    return level.names.pop();
  }

  /** Goes down. False where `name` is no directory, or not any more. */
  enter(name: string): boolean {
    const prefix = `${this.pathOf(name)}/`;
    const fd = allowing(["ENOENT", "ENOTDIR", "ELOOP"], () => this.system.open(name, DIRECTORY_FLAGS, 0, this.fd));
    if (fd === undefined) return false;
    this.#push(prefix, name, fd);
    const above = this.#levels.at(-1 - MOST_OPEN);
    if (above) this.#forget(above);
    return true;
  }

  /** Goes up. Returns the name of the directory that it was in. */
  leave(): string {
    const { fd } = this;
    const above = this.#levels.at(-2)!;
    if (!("fd" in above.directory)) above.directory = { fd: this.#parentOf(fd, above.directory) };
    this.system.close(fd);
    return this.#levels.pop()!.name;
  }

  dispose(): void {
    for (const { directory } of this.#levels) if ("fd" in directory) this.system.close(directory.fd);
    this.#levels.length = 0;
  }

  #push(prefix: string, name: string, fd: Fd): void {
    this.#levels.push({ prefix, name, directory: { fd } });
  }

  #forget(level: Level): void {
    if (!("fd" in level.directory)) return;
    const { fd } = level.directory;
    const { dev, ino } = this.system.stat(".", fd);
    level.directory = { dev, ino };
    this.system.close(fd);
  }

  #parentOf(fd: Fd, known: { dev: number; ino: number }): Fd {
    const parent = this.system.open("..", DIRECTORY_FLAGS, 0, fd);
    const { dev, ino } = this.system.stat(".", parent);
    if (dev === known.dev && ino === known.ino) return parent;
    this.system.close(parent);
    return this.#lost();
  }

  #lost(): never {
    throw new Failure("wrong-state", `directory ${this.#levels.at(-1)?.prefix} was moved while it was walked`);
  }
}
