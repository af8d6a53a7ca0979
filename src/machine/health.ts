import type { Result } from "../protocol/commands.js";
import type { AgentClient } from "../protocol/peer.js";
import { type Disposable, Emitter } from "../shared/disposable.js";
import type { Emulator } from "./emulator.js";
import type { MachineHealth } from "./machine.js";

/** Pings within one `timeoutMs`. */
const PINGS = 4;
const PANIC = /Kernel panic - not syncing: .*/;

/**
 * Watches over the guest. Silence is counted in pings that went unanswered, not in time, so that a computer that
 * slept does not look like a guest that hung.
 */
export class HealthWatch {
  readonly #changes = new Emitter<MachineHealth>();
  readonly #subscriptions: Disposable[];
  #health: MachineHealth = { state: "running" };
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(emulator: Pick<Emulator, "onSerialLine" | "onStopped">, agent: AgentClient) {
    this.#subscriptions = [
      emulator.onStopped((error) => this.#die(error.message)),
      emulator.onSerialLine((line) => {
        const panic = PANIC.exec(line);
        if (panic) this.#die(panic[0]);
      }),
      agent.onRestart(() => this.#die("the agent ended and was started anew")),
      agent.onClose((error) => this.#die(error.message)),
    ];
  }

  readonly onHealth = this.#changes.event;

  get health(): MachineHealth {
    return this.#health;
  }

  /** Pings from now on. @param onAnswer gets each answer, and when it was asked for, by the page's clock. */
  start(
    agent: AgentClient,
    timeoutMs: number,
    onAnswer: (ping: Result<"machine.ping">, askedAt: number) => void,
  ): void {
    let silent = 0;
    let asking = false;
    this.#timer = setInterval(() => {
      if (asking) {
        if (++silent >= PINGS && this.#health.state === "running")
          this.#set({ state: "hung", message: `the guest has not answered for ${timeoutMs / 1000} s` });
        return;
      }
      asking = true;
      const askedAt = Date.now();
      const answered = (ping: Result<"machine.ping">) => {
        asking = false;
        silent = 0;
        if (this.#health.state === "hung") this.#set({ state: "running" });
        onAnswer(ping, askedAt);
      };
      agent.call("machine.ping", {}).then(answered, () => {});
    }, timeoutMs / PINGS);
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changes.dispose();
  }

  #die(message: string): void {
    if (this.#health.state === "dead") return;
    clearInterval(this.#timer);
    this.#set({ state: "dead", message });
  }

  #set(health: MachineHealth): void {
    this.#health = health;
    this.#changes.fire(health);
  }
}
