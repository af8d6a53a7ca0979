import type { Session } from "../../session/client.js";
import { Store } from "./store.js";

/** Older ones go. */
const SHOWN = 3;

/** What the machine said that nobody else tells, the newest last, each line once. */
export class MessagesStore extends Store<readonly string[]> {
  constructor(session: Session) {
    super([]);
    session.onMessage((text) => this.update((now) => [...now.filter((one) => one !== text), text].slice(-SHOWN)));
  }

  dismiss(): void {
    this.set([]);
  }
}
