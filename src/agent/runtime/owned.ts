/**
 * What something holds, each with how it is given back: last taken, first returned. A release that fails stays, with
 * all before it, to be tried again; those that are done are not done twice.
 */
export class Owned {
  readonly #releases: (() => void | Promise<void>)[] = [];
  #releasing: Promise<void> | undefined;

  get isEmpty(): boolean {
    return this.#releases.length === 0;
  }

  add(release: () => void | Promise<void>): void {
    this.#releases.push(release);
  }

  /** Resolves when nothing is held any more. */
  release(): Promise<void> {
    this.#releasing ??= this.#releaseAll().finally(() => {
      this.#releasing = undefined;
    });
    return this.#releasing;
  }

  async #releaseAll(): Promise<void> {
    for (let last = this.#releases.at(-1); last; last = this.#releases.at(-1)) {
      await last();
      this.#releases.splice(this.#releases.lastIndexOf(last), 1);
    }
  }
}
