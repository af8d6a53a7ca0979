/**
 * Named volumes: directories of the guest's disk, made when a container first uses them. Anonymous ones, whose name is
 * an id, go with their container when it is asked to take them along.
 */
import type { Volume } from "../api/types.js";
import { guestTreeBytes } from "../containers/collected.js";
import { isVolumeName, type PlannedMount } from "../containers/mount-points.js";
import type { Runtime } from "../containers/runtime.js";
import { EngineError } from "../engine-error.js";

const ROOT = "/var/lib/drydock/volumes";

interface Record {
  name: string;
  createdAt: number;
  labels: { [name: string]: string } | null;
  anonymous: boolean;
  /** Made in the guest; shared by those who start at once. */
  made: Promise<unknown> | undefined;
  users: Set<string>;
}

type VolumeRuntime = Pick<Runtime, "machine" | "clock" | "randomID" | "events">;

export class VolumeStore {
  readonly #runtime: VolumeRuntime;
  readonly #volumes = new Map<string, Record>();

  constructor(runtime: VolumeRuntime) {
    this.#runtime = runtime;
  }

  /** Guest path of a volume's contents. */
  readonly directory = (name: string): string => `${ROOT}/${name}/_data`;

  /** Returns the one of that name if it is there. @throws {EngineError} `invalid` naming the name. */
  create(asked: string | undefined, labels: { [name: string]: string } | null = null): Volume {
    if (asked && !isVolumeName(asked))
      throw new EngineError(
        "invalid",
        `create ${asked}: "${asked}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
      );
    const name = asked || this.#runtime.randomID();
    return this.#json(this.#volumes.get(name) ?? this.#add(name, labels, !asked));
  }

  /** Container `id` uses the volumes among `mounts` from now on. */
  claim(mounts: readonly PlannedMount[], id: string): void {
    for (const { Type, Name, anonymous, labels = null } of mounts) {
      if (Type !== "volume" || !Name) continue;
      const volume = this.#volumes.get(Name) ?? this.#add(Name, labels, anonymous);
      volume.users.add(id);
    }
  }

  /** Container `id` is gone. @returns names of its anonymous volumes that nobody uses now. */
  release(id: string): string[] {
    const orphans: string[] = [];
    for (const volume of this.#volumes.values()) {
      if (!volume.users.delete(id)) continue;
      if (volume.anonymous && volume.users.size === 0) orphans.push(volume.name);
    }
    return orphans;
  }

  /** Makes the directories of volumes that have none yet. */
  async make(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map((name) => {
        const volume = this.#volumes.get(name);
        if (!volume) return undefined;
        volume.made ??= this.#runtime.machine.agent
          .call("file.makeDirectory", { path: this.directory(name), mode: 0o755 })
          .catch((error: unknown) => {
            volume.made = undefined;
            throw error;
          });
        return volume.made;
      }),
    );
  }

  list(): Volume[] {
    return [...this.#volumes.values()].map((volume) => this.#json(volume)).sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  has(name: string): boolean {
    return this.#volumes.has(name);
  }

  isUsed(name: string): boolean {
    return (this.#volumes.get(name)?.users.size ?? 0) > 0;
  }

  isAnonymous(name: string): boolean {
    return this.#volumes.get(name)?.anonymous ?? false;
  }

  /** @throws {EngineError} `not-found`. */
  inspect(name: string): Volume {
    return this.#json(this.#resolve(name));
  }

  /** Bytes of its files, and how many containers use it. */
  async usage(name: string): Promise<NonNullable<Volume["UsageData"]>> {
    const { made, users } = this.#resolve(name);
    await made;
    const Size = made ? await guestTreeBytes(this.#runtime.machine, this.directory(name)) : 0;
    return { Size, RefCount: users.size };
  }

  /** @throws {EngineError} `not-found`, or `conflict` while a container uses it. */
  async remove(name: string): Promise<void> {
    const volume = this.#resolve(name);
    if (volume.users.size > 0)
      throw new EngineError("conflict", `remove ${name}: volume is in use - [${[...volume.users].join(", ")}]`);
    this.#volumes.delete(name);
    this.#runtime.events.tell("volume", "destroy", name, { driver: "local" });
    if (!volume.made) return;
    await volume.made;
    await this.#runtime.machine.agent.call("file.remove", { path: `${ROOT}/${name}`, recursive: true });
  }

  #add(name: string, labels: Record["labels"], anonymous: boolean): Record {
    const volume = {
      name,
      createdAt: this.#runtime.clock.now(),
      labels,
      anonymous,
      made: undefined,
      users: new Set<string>(),
    };
    this.#volumes.set(name, volume);
    this.#runtime.events.tell("volume", "create", name, { driver: "local" });
    return volume;
  }

  #resolve(name: string): Record {
    const volume = this.#volumes.get(name);
    if (!volume) throw new EngineError("not-found", `get ${name}: no such volume`);
    return volume;
  }

  #json({ name, createdAt, labels, anonymous }: Record): Volume {
    return {
      Name: name,
      Driver: "local",
      Mountpoint: this.directory(name),
      CreatedAt: `${new Date(createdAt).toISOString().slice(0, 19)}Z`,
      Labels: anonymous ? { "com.docker.volume.anonymous": "", ...labels } : labels,
      Scope: "local",
      Options: null,
    };
  }
}
