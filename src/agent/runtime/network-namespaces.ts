/**
 * Network namespaces made ahead, one at a time, when there is nothing else to do: making one is a fifth of making a
 * container.
 */
import { CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from "../system/constants.js";
import type { Fd, System } from "../system/system.js";

const OWN = "/proc/self/ns/net";
/** How long nobody must have asked for one before the next is made. */
const IDLE_MS = 300;

export class NetworkNamespaces {
  #ready: Fd | undefined;
  #cancel: (() => void) | undefined;

  constructor(readonly system: System) {}

  /** A namespace with its loopback interface up, the caller's to close; undefined when none is at hand. */
  take(): Fd | undefined {
    const taken = this.#ready;
    this.#ready = undefined;
    this.prepareSoon();
    return taken;
  }

  prepareSoon(): void {
    this.#cancel?.();
    this.#cancel = this.system.setTimer(IDLE_MS, () => {
      this.#cancel = undefined;
      this.#ready ??= this.#make();
    });
  }

  /** The agent enters a new one and comes back; what is open of it keeps it alive. */
  #make(): Fd {
    const { system } = this;
    const own = system.open(OWN, O_RDONLY | O_CLOEXEC, 0);
    try {
      system.unshare(CLONE_NEWNET);
      try {
        system.linkUp("lo");
        return system.open(OWN, O_RDONLY | O_CLOEXEC, 0);
      } finally {
        system.setns(own, CLONE_NEWNET);
      }
    } finally {
      system.close(own);
    }
  }
}
