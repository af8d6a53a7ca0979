import type { AgentClient } from "../protocol/peer.js";

/** More than a guest's clock goes wrong by itself between two pings. */
const TOLERANCE_MS = 500;

/**
 * Keeps the guest's wall clock at the page's. The guest counts time by the browser's monotonic clock, which on some
 * systems stands still while the computer sleeps; and the page's own clock may be set.
 */
export class GuestClock {
  readonly #agent: Pick<AgentClient, "call">;

  constructor(agent: Pick<AgentClient, "call">) {
    this.#agent = agent;
  }

  /**
   * Sets it if it was not within the time that the question took.
   * @param epochMs what the guest answered. @param askedAt by the page's clock.
   */
  compare(epochMs: number, askedAt: number): void {
    const now = Date.now();
    if (epochMs >= askedAt - TOLERANCE_MS && epochMs <= now + TOLERANCE_MS) return;
    this.#agent.call("machine.setClock", { epochMs: now }).catch(() => {});
  }
}
