/** Directories that outlive builds: `RUN --mount=type=cache`. They are on the guest's disk, and in no layer. */
import { DISK_DIRECTORY } from "../../protocol/guest-paths.js";
import type { RunMount } from "../../shared/dockerfile/instructions/run-mount.js";
import type { RandomID } from "../containers/random-id.js";
import type { EngineMachine } from "../engine-machine.js";

const ROOT = `${DISK_DIRECTORY}/build-cache`;
const DEFAULT_MODE = 0o755;

export interface HeldDirectory {
  /** Guest path. */
  directory: string;
  release(): void;
}

interface Directory {
  path: string;
  made: Promise<unknown>;
  users: number;
  /** Settles when those who have it to themselves are done. */
  lock: Promise<void>;
}

export class CacheMounts {
  readonly #agent: EngineMachine["agent"];
  readonly #randomID: RandomID;
  /** By id; several where some want one to themselves. */
  readonly #directories = new Map<string, Directory[]>();

  constructor(agent: EngineMachine["agent"], randomID: RandomID) {
    this.#agent = agent;
    this.#randomID = randomID;
  }

  /** `shared` (the default): others may have it too; `locked`: waits for its turn; `private`: another if it is taken. */
  async hold(id: string, { sharing = "shared", mode = DEFAULT_MODE }: RunMount): Promise<HeldDirectory> {
    const all = this.#directories.get(id) ?? [];
    this.#directories.set(id, all);
    const held = (sharing === "private" ? all.find(({ users }) => users === 0) : all[0]) ?? this.#make(mode);
    if (!all.includes(held)) all.push(held);
    held.users++;
    const turn = held.lock;
    let unlock = () => {};
    if (sharing === "locked") {
      const done = new Promise<void>((resolve) => {
        unlock = resolve;
      });
      held.lock = turn.then(() => done);
      await turn;
    }
    const release = () => {
      held.users--;
      unlock();
    };
    try {
      await held.made;
    } catch (error) {
      release();
      all.splice(all.indexOf(held), 1);
      throw error;
    }
    return { directory: held.path, release };
  }

  /** Removes those that nobody has. */
  async prune(): Promise<void> {
    for (const [id, all] of this.#directories) {
      const idle = all.filter(({ users }) => users === 0);
      this.#directories.set(
        id,
        all.filter(({ users }) => users > 0),
      );
      for (const { path } of idle) await this.#agent.call("file.remove", { path, recursive: true });
    }
  }

  #make(mode: number): Directory {
    // The disk may have directories from before.
    const path = `${ROOT}/${this.#randomID().slice(0, 12)}`;
    const made = this.#agent.call("file.makeDirectory", { path, mode });
    return { path, made, users: 0, lock: Promise.resolve() };
  }
}
