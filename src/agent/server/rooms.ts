import type { AgentServer } from "../../protocol/peer.js";
import type { Guest } from "../machine/guest.js";
import type { Dialer } from "../network/dialer.js";
import type { NameServers } from "../network/name-servers.js";
import type { Containers } from "../runtime/containers.js";
import type { Processes } from "../runtime/processes.js";
import type { Sessions } from "../sessions/sessions.js";
import type { Snapshots } from "../snapshots/snapshots.js";
import type { Fd, System } from "../system/system.js";

/** What the commands are carried out by. */
export interface Rooms {
  system: System;
  streams: Pick<AgentServer, "input" | "output">;
  guest: Guest;
  processes: Processes;
  snapshots: Snapshots;
  containers: Containers;
  sessions: Sessions;
  names: NameServers;
  dialer: Dialer;
  /** The agent's own network namespace, open. */
  ownNetwork: Fd;
}
