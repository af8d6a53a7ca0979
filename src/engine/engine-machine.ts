import type { Disk, Exchange, LayerShelf } from "../machine/machine.js";
import type { AgentClient } from "../protocol/peer.js";

/** The part of a Machine that the engine needs, so that tests can give their own. */
export interface EngineMachine {
  readonly agent: AgentClient;
  readonly layers: LayerShelf;
  readonly exchange: Exchange;
  readonly disk: Disk;
}
