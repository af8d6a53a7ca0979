import type { AgentEvents } from "../protocol/commands.js";
import { createPeer } from "../protocol/create-peer.js";
import type { AgentClient, TextCodec } from "../protocol/peer.js";
import type { Disposable } from "../shared/disposable.js";
import { DiskSpace } from "./disk-space.js";
import { DiskTrim } from "./disk-trim.js";
import { type Emulator, PLAIN_PORT } from "./emulator.js";
import { GuestClock } from "./guest-clock.js";
import { HealthWatch } from "./health.js";
import type { Disk, Machine, MachineFigures, MachineTerminal } from "./machine.js";
import type { PageFiles } from "./page-files.js";
import type { SparseDisk } from "./sparse-disk.js";

const TERMINAL_PORT = 0;
const DISK_ADVICE = "remove containers and volumes that are no longer needed, as docker system prune does";
const SWAP_ADVICE = "stop a container, or a program that takes much memory";

export interface GuestParts {
  emulator: Emulator;
  files: PageFiles;
  disk: SparseDisk;
  swap: SparseDisk;
  /** False for a guest that boots: its console cannot take anything before the agent has set it up. */
  greets: boolean;
}

/** A running guest and all that the page holds of it. */
export class GuestMachine implements Machine {
  readonly agent: AgentClient;
  readonly terminal: MachineTerminal;
  readonly watch: HealthWatch;
  readonly #parts: GuestParts;
  /** What goes with the guest. */
  readonly #attendants: Disposable[] = [];

  constructor(parts: GuestParts) {
    this.#parts = parts;
    this.agent = createPeer({
      name: "drydock-page",
      transport: parts.emulator.consoles[PLAIN_PORT]!,
      codec: textCodec(),
      opens: true,
      greets: parts.greets,
    }) as AgentClient;
    this.terminal = terminalOf(parts.emulator, this.agent);
    this.watch = new HealthWatch(parts.emulator, this.agent);
    parts.emulator.run();
  }

  get layers() {
    return this.#parts.files.layers;
  }

  get exchange() {
    return this.#parts.files.exchange;
  }

  get workspace() {
    return this.#parts.files.workspace;
  }

  get disk(): Disk {
    return this.#parts.disk;
  }

  get onMessage() {
    return this.#parts.files.messages.event;
  }

  get onHealth() {
    return this.watch.onHealth;
  }

  get health() {
    return this.watch.health;
  }

  /**
   * Resolves when the agent has said hello.
   * @throws {Error} when the guest dies before, or says nothing for `timeoutMs`.
   */
  async greeted(timeoutMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let subscription: Disposable | undefined;
    const silent = new Promise<never>((_, reject) => {
      const message = `the agent has said nothing for ${timeoutMs / 1000} s`;
      timer = setTimeout(() => reject(new Error(message)), timeoutMs);
      subscription = this.onHealth((health) => health.state === "dead" && reject(new Error(health.message)));
    });
    try {
      await Promise.race([this.agent.ready, silent]);
    } finally {
      clearTimeout(timer);
      subscription?.dispose();
    }
  }

  /** Once the guest has resumed: it is pinged, has its clock kept, makes the workspace's changes, and gives back what it frees. */
  attend(timeoutMs: number): void {
    this.workspace.attach(this.agent);
    const clock = new GuestClock(this.agent);
    this.watch.start(this.agent, timeoutMs, ({ epochMs }, askedAt) => clock.compare(epochMs, askedAt));
    const { disk, swap, files } = this.#parts;
    const spaces = [new DiskSpace(disk, "the disk", DISK_ADVICE), new DiskSpace(swap, "the swap", SWAP_ADVICE)];
    for (const space of spaces) space.onMessage((message) => files.messages.fire(message));
    const limits = this.agent.on("machine.processLimit", (event) => files.messages.fire(limitText(event)));
    this.#attendants.push(limits, ...spaces, new DiskTrim(disk, () => this.agent.call("machine.trim", {})));
  }

  figures(): MachineFigures {
    const { disk, swap } = this.#parts;
    return {
      diskBytes: disk.heldBytes + swap.heldBytes,
      workspaceBytes: this.workspace.files.space().used.bytes,
      exchangeBytes: this.exchange.files.space().used.bytes,
      fids: this.#parts.files.server.fids,
      streams: this.agent.streams,
      instructions: this.#parts.emulator.instructions,
      compiled: this.#parts.emulator.compiled,
    };
  }

  save(): Promise<ArrayBuffer> {
    return this.#parts.emulator.save();
  }

  dispose(): void {
    for (const attendant of this.#attendants) attendant.dispose();
    this.watch.dispose();
    this.agent.dispose();
    this.workspace.dispose();
    void this.#parts.emulator.dispose();
  }
}

/** What a fork bomb comes to, and what to do. */
function limitText({ part, limit }: AgentEvents["machine.processLimit"]): string {
  const what = { containers: "containers", builds: "build steps", shell: "the shell and its programs" }[part];
  const remedy = {
    containers: "“docker ps” shows which, “docker rm -f” ends one",
    builds: "Cancel ends the build",
    shell: "“New shell” ends them; containers and files stay",
  }[part];
  return `${what} have all of the ${limit} processes that they may have, and no more can be made: ${remedy}`;
}

function terminalOf(emulator: Emulator, agent: AgentClient): MachineTerminal {
  const port = emulator.consoles[TERMINAL_PORT]!;
  return {
    // Rejects only when the machine has stopped, which its health tells.
    write: (bytes) => void port.send(bytes).catch(() => {}),
    onData: port.onReceive,
    resize: (columns, rows) => emulator.setTerminalSize(TERMINAL_PORT, columns, rows),
    renew: async () => void (await agent.call("machine.renewShell", {})),
  };
}

function textCodec(): TextCodec {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) };
}
