import { defer } from "../deferred.js";

/** A queue with one reader: what is pushed is read in order, until the end. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #begun = defer<void>();
  #waiting = defer<void>();
  #ended = false;

  /** Resolves with the first item, or the end. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#wake();
  }

  /** @param last pushed before the end. */
  end(last?: T): void {
    if (last !== undefined) this.push(last);
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#ended) return;
      else {
        this.#waiting = defer();
        await this.#waiting.promise;
      }
    }
  }

  #wake(): void {
    this.#begun.resolve();
    this.#waiting.resolve();
  }
}
