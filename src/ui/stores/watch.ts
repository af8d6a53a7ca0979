import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Disposable } from "../../shared/disposable.js";
import type { Store } from "./store.js";

/** Renders `host` anew whenever one of `stores` changes, while it is connected. */
export function watch(host: ReactiveControllerHost, ...stores: Store<unknown>[]): ReactiveController {
  let subscriptions: Disposable[] = [];
  const controller: ReactiveController = {
    hostConnected() {
      subscriptions = stores.map((store) => store.onChange(() => host.requestUpdate()));
      host.requestUpdate();
    },
    hostDisconnected() {
      for (const subscription of subscriptions) subscription.dispose();
      subscriptions = [];
    },
  };
  host.addController(controller);
  return controller;
}
