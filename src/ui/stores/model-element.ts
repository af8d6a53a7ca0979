import { LitElement } from "lit";
import type { Disposable } from "../../shared/disposable.js";
import type { AppModel } from "./app-model.js";

/** Anything that tells of its changes. */
export interface Watchable {
  onChange(listener: () => void): Disposable;
}

/** A component that shows a part of the model: it renders anew whenever one of its `watched` stores changes. */
export abstract class ModelElement extends LitElement {
  static override properties = { model: { attribute: false } };
  /** Set once, before the component is connected. */
  declare model: AppModel;
  #subscriptions: Disposable[] = [];

  protected abstract watched(): Watchable[];

  override connectedCallback(): void {
    super.connectedCallback();
    this.hold(...this.watched().map((store) => store.onChange(() => this.requestUpdate())));
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }

  /** What is given back when the component leaves the page. */
  protected hold(...subscriptions: Disposable[]): void {
    this.#subscriptions.push(...subscriptions);
  }
}
