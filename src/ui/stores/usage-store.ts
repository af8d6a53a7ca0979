/** What each running container uses, once a second while the page is looked at. */
import type { ContainerInspect, ContainerStats, ContainerSummary, Session, TraceEvent } from "../../session/client.js";
import { addSample, type ContainerUsage, newUsage } from "../resources/usage-model.js";
import { askEngine } from "./ask-engine.js";
import { Store } from "./store.js";

const INTERVAL_MS = 1000;
/** Containers that have ended stay on show, the newest few. */
const ENDED_KEPT = 4;

type ContainerEvent = Extract<TraceEvent, { type: "container" }>;

export class UsageStore extends Store<ContainerUsage[]> {
  readonly #session: Session;
  #timer: ReturnType<typeof setInterval> | undefined;
  #sampling = false;

  constructor(session: Session) {
    super([]);
    this.#session = session;
    session.onTrace((event) => {
      if (event.type === "container") void this.#follow(event);
    });
    session.ready.then(
      () => this.#findRunning(),
      () => {},
    );
  }

  async #findRunning(): Promise<void> {
    const running = await askEngine<ContainerSummary[]>(this.#session, "/containers/json").catch(() => []);
    await Promise.all(running.map(({ Id }) => this.#begin(Id)));
  }

  async #follow({ action, container, exitCode, name }: ContainerEvent): Promise<void> {
    const set = (change: Partial<ContainerUsage>) => this.#change(container, change);
    if (action === "start") await this.#begin(container);
    else if (action === "die") this.#end(container, exitCode);
    else if (action === "oom") set({ oomKilled: true });
    else if (action === "rename") set({ name });
    else if (action === "pause") set({ state: "paused" });
    else if (action === "unpause") set({ state: "running" });
  }

  async #begin(id: string): Promise<void> {
    try {
      const { Name, Config, HostConfig, State } = await askEngine<ContainerInspect>(
        this.#session,
        `/containers/${id}/json`,
      );
      if (!State.Running) return;
      const { Memory, NanoCpus, CpuQuota, CpuPeriod, PidsLimit } = HostConfig;
      const limits = { memory: Memory, nanoCpus: NanoCpus, cpuQuota: CpuQuota, cpuPeriod: CpuPeriod, pids: PidsLimit };
      const usage = newUsage(id, Name.replace(/^\//, ""), Config.Image ?? "", limits);
      this.update((now) => [usage, ...now.filter((one) => one.id !== id)]);
      this.#timer ??= setInterval(() => void this.#sample(), INTERVAL_MS);
      await this.#sample();
    } catch {
      // Gone between its start and the question: nothing to show.
    }
  }

  #end(id: string, exitCode: number | undefined): void {
    this.#change(id, { state: "ended", exitCode });
    this.update((now) => {
      const kept = new Set(now.filter(isTelling).slice(0, ENDED_KEPT));
      return now.filter((usage) => usage.state !== "ended" || kept.has(usage));
    });
    if (this.value.some(({ state }) => state !== "ended")) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #change(id: string, change: Partial<ContainerUsage>): void {
    this.update((now) => now.map((usage) => (usage.id === id ? { ...usage, ...change } : usage)));
  }

  /** One round at a time: a busy guest is not asked faster than it answers. */
  async #sample(): Promise<void> {
    if (this.#sampling || document.hidden) return;
    this.#sampling = true;
    await Promise.allSettled(
      this.value.filter(({ state }) => state === "running").map(({ id }) => this.#sampleOne(id)),
    );
    this.#sampling = false;
  }

  async #sampleOne(id: string): Promise<void> {
    const stats = await askEngine<ContainerStats>(this.#session, `/containers/${id}/stats?stream=false&one-shot=true`);
    this.update((now) => now.map((usage) => (usage.id === id ? addSample(usage, stats) : usage)));
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}

/** One that ended before it could be looked at twice has nothing to show, unless memory was what ended it. */
function isTelling({ state, samples, oomKilled }: ContainerUsage): boolean {
  return state === "ended" && (samples.length > 1 || oomKilled === true);
}
