import { Emitter, type Event } from "../../shared/disposable.js";

/** One value that the views watch. */
export class Store<T> {
  #value: T;
  readonly #emitter = new Emitter<T>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.#emitter.fire(value);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  readonly onChange: Event<T> = this.#emitter.event;
}
