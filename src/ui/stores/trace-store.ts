import type { Session } from "../../session/client.js";
import { applyTrace, emptyForest, type SpanForest } from "../steps/span-forest.js";
import { Store } from "./store.js";

/** The trace as trees. The forest is one object that grows; each change of the store is a new wrapper around it. */
export function traceStore(session: Session): Store<{ forest: SpanForest }> {
  const forest = emptyForest();
  const store = new Store({ forest });
  session.onTrace((event) => {
    applyTrace(forest, event);
    store.set({ forest });
  });
  return store;
}
