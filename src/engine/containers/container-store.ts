/** Containers by id, id prefix and name. */
import { EngineError } from "../engine-error.js";
import type { Container } from "./container.js";
import { inventName, isContainerName } from "./names.js";

export class ContainerStore {
  readonly #containers = new Map<string, Container>();
  readonly #names = new Map<string, string>();

  add(container: Container): void {
    this.#containers.set(container.id, container);
    this.#names.set(container.name, container.id);
  }

  delete(container: Container): void {
    this.#containers.delete(container.id);
    this.#names.delete(container.name);
  }

  /** In order of creation. */
  list(): Container[] {
    return [...this.#containers.values()];
  }

  find(reference: string): Container | undefined {
    const byName = this.#names.get(reference.replace(/^\//, ""));
    if (byName) return this.#containers.get(byName);
    if (this.#containers.has(reference)) return this.#containers.get(reference);
    if (!/^[0-9a-f]+$/.test(reference)) return undefined;
    const matches = this.list().filter(({ id }) => id.startsWith(reference));
    if (matches.length > 1) throw new EngineError("invalid", `multiple IDs found with provided prefix: ${reference}`);
    return matches[0];
  }

  /** @throws {EngineError} `not-found`, or `invalid` for an ambiguous prefix. */
  resolve(reference: string): Container {
    const container = this.find(reference);
    if (!container) throw new EngineError("not-found", `No such container: ${reference}`);
    return container;
  }

  /** @returns a name that is free: the one asked for, or an invented one. @throws {EngineError} */
  claim(asked: string | undefined): string {
    if (!asked) return inventName((name) => this.#names.has(name));
    const name = asked.replace(/^\//, "");
    if (!isContainerName(name))
      throw new EngineError("invalid", `Invalid container name (${asked}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
    const owner = this.#names.get(name);
    if (owner)
      throw new EngineError(
        "conflict",
        `Conflict. The container name "/${name}" is already in use by container "${owner}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    return name;
  }

  rename(container: Container, asked: string): void {
    if (!asked) throw new EngineError("invalid", "Neither old nor new names may be empty");
    if (asked.replace(/^\//, "") === container.name)
      throw new EngineError("invalid", "Renaming a container with the same name as its current name");
    const name = this.claim(asked);
    this.#names.delete(container.name);
    container.name = name;
    this.#names.set(name, container.id);
  }
}
