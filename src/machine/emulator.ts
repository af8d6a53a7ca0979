import { V86 } from "v86";
import { Emitter } from "../shared/disposable.js";
import { nameTargetsByDistance } from "./call-filter.js";
import { ConsolePort } from "./console-port.js";
import { teachTrim } from "./ide-trim.js";
import { IdlePace } from "./idle-pace.js";
import { InstructionCount } from "./instruction-count.js";
import type { PackedState } from "./machine.js";
import { ModuleRoom } from "./module-room.js";
import type { SparseDisk } from "./sparse-disk.js";
import type { V86Emulator, V86Options } from "./v86.js";

/** What a guest starts from: firmware and kernel, or a state saved on the same devices. */
export type StartFrom =
  | {
      bios: ArrayBuffer;
      vgaBios: ArrayBuffer;
      kernel: ArrayBuffer;
      initrd: ArrayBuffer;
      cmdline: string;
    }
  | { state: ArrayBuffer | PackedState };

export interface EmulatorOptions {
  /** v86.wasm: compiled, or its path (Node). */
  wasm: string | Promise<WebAssembly.Module>;
  memoryBytes: number;
  disk: SparseDisk;
  swap: SparseDisk;
  handle9p(request: Uint8Array, reply: (bytes: Uint8Array) => void): void;
  from: StartFrom;
}

const CONSOLE_PORTS = 4;
/** The port of the agent's channel, CHANNEL_DEVICE in the guest. */
export const PLAIN_PORT = 1;
/** VIRTIO_CONSOLE_CONSOLE_PORT of the virtio specification, 5.3.6.2. */
const CONSOLE_PORT_EVENT = 4;
const VGA_MEMORY_BYTES = 2 << 20;
/** Index and value of v86's setting for how many guest pages one compiled module may span; its default is 3. */
const JIT_PAGES_A_MODULE: readonly [index: number, value: number] = [1, 1];
/** How long `save` waits for the guest to idle. */
const IDLE_WAIT_MS = 5000;

/**
 * One guest under v86. The devices are the same however it starts, because a saved state fits only the devices that
 * it was saved with.
 */
export class Emulator {
  readonly consoles: readonly ConsolePort[];
  readonly #v86: V86Emulator;
  readonly #serial = new Emitter<string>();
  readonly #stopped = new Emitter<Error>();
  readonly #tick = new Emitter<void>();
  readonly #instructions: InstructionCount;
  readonly #modules: ModuleRoom;
  #ended = false;
  #failed = false;
  /** While the guest runs. */
  #sliceStart: number | null = null;

  /** Resolves when the guest is ready to run. */
  static async load(options: EmulatorOptions): Promise<Emulator> {
    const v86 = await construct(options);
    return new Emulator(v86);
  }

  private constructor(v86: V86Emulator) {
    this.#v86 = v86;
    this.#modules = new ModuleRoom(v86.v86.cpu);
    this.#instructions = new InstructionCount(() => v86.v86.cpu.instruction_counter[0]!);
    this.consoles = Array.from({ length: CONSOLE_PORTS }, (_, port) => new ConsolePort(v86, port));
    const serial = new LineGatherer((line) => this.#serial.fire(line));
    v86.add_listener<number>("serial0-output-byte", (byte) => serial.push(byte));
    keepPlain(v86, PLAIN_PORT);
    this.#watchTicks();
    this.#paceIdling();
  }

  /** Lines of the serial console, without their ends: the kernel's messages. */
  readonly onSerialLine = this.#serial.event;
  /** v86 failed. */
  readonly onStopped = this.#stopped.event;

  /** Guest instructions since the machine was loaded. */
  get instructions(): number {
    return this.#instructions.sample();
  }

  /** Modules that v86 has compiled of the guest's code, and how often it threw all away. */
  get compiled(): { modules: number; thrownAway: number } {
    const { modules, thrownAway } = this.#modules;
    return { modules, thrownAway };
  }

  run(): void {
    void this.#v86.run();
  }

  setTerminalSize(port: number, columns: number, rows: number): void {
    // virtio-console's control message has the columns first; Linux reads the rows first.
    this.#v86.bus.send(`virtio-console${port}-resize`, [rows, columns]);
  }

  /** v86's state, taken while the guest idles, because registers that are in use may be lost. */
  async save(): Promise<ArrayBuffer> {
    await this.#idle();
    return this.#v86.save_state();
  }

  async dispose(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    for (const port of this.consoles) port.close(new Error("the machine was stopped"));
    // After a failure there is no next slice, at whose end v86 would stop.
    if (this.#failed) this.#v86.v86.destroy();
    else await this.#v86.destroy();
  }

  /** After each slice of guest time the guest may have taken what waits for it. */
  #watchTicks(): void {
    const machine = this.#v86.v86;
    const tick = machine.do_tick.bind(machine);
    machine.do_tick = () => {
      this.#sliceStart = performance.now();
      try {
        tick();
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.#sliceStart = null;
      this.#instructions.sample();
      this.#modules.makeRoom();
      for (const port of this.consoles) port.pump();
      this.#tick.fire();
    };
  }

  /** v86 plans the next slice at the end of one, or when something comes in for a guest that sleeps. */
  #paceIdling(): void {
    const machine = this.#v86.v86;
    const next = machine.next_tick.bind(machine);
    const pace = new IdlePace();
    machine.next_tick = (sleepMs) => {
      if (this.#sliceStart === null) {
        pace.wake();
        next(sleepMs);
        return;
      }
      const now = performance.now();
      next(pace.sleep(sleepMs, now - this.#sliceStart, machine.cpu.in_hlt[0] === 1, now));
    };
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#failed = true;
    const failure = new Error(`the emulator stopped: ${error instanceof Error ? error.message : String(error)}`);
    for (const port of this.consoles) port.close(failure);
    this.#stopped.fire(failure);
  }

  #idle(): Promise<void> {
    const { in_hlt } = this.#v86.v86.cpu;
    if (in_hlt[0]) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        subscription.dispose();
        reject(new Error(`the guest was not idle for ${IDLE_WAIT_MS} ms`));
      }, IDLE_WAIT_MS);
      const subscription = this.#tick.event(() => {
        if (!in_hlt[0]) return;
        clearTimeout(timer);
        subscription.dispose();
        resolve();
      });
    });
  }
}

/** @throws {Error} when v86.wasm cannot be had, or the state does not fit. */
async function construct(options: EmulatorOptions): Promise<V86Emulator> {
  const emulator = await new Promise<V86Emulator>((resolve, reject) => {
    const settings: V86Options = {
      ...wasmFrom(options.wasm, reject),
      ...firmwareFrom(options.from),
      memory_size: options.memoryBytes,
      vga_memory_size: VGA_MEMORY_BYTES,
      hda: options.disk,
      hdb: options.swap,
      virtio_console: true,
      filesystem: { handle9p: (request, reply) => options.handle9p(request, reply) },
      // Without a type there is no network card.
      net_device: {},
      autostart: false,
      disable_keyboard: true,
      disable_mouse: true,
      disable_speaker: true,
    };
    const loading = new V86(settings as never) as unknown as V86Emulator;
    loading.add_listener("emulator-loaded", () => resolve(loading));
  });
  // Small modules are compiled sooner, by v86 and by the browser's engine: the first containers take half the time.
  emulator.v86.cpu.wm.exports.set_jit_config(...JIT_PAGES_A_MODULE);
  teachTrim(emulator.v86.cpu);
  if ("state" in options.from) await restoreState(emulator, options.from.state);
  return emulator;
}

/** Not left to v86's own start, which would not tell that it failed. */
async function restoreState(emulator: V86Emulator, state: ArrayBuffer | PackedState): Promise<void> {
  try {
    await emulator.restore_state("packed" in state ? unpack(emulator, state) : state);
  } catch (error) {
    void emulator.destroy();
    throw new Error(`the saved state does not fit: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unpack(emulator: V86Emulator, { packed, rawBytes }: PackedState): ArrayBuffer {
  const state = emulator.zstd_decompress(rawBytes, new Uint8Array(packed));
  nameTargetsByDistance(new Uint8Array(state));
  return state;
}

function wasmFrom(wasm: EmulatorOptions["wasm"], reject: (error: unknown) => void): Partial<V86Options> {
  if (typeof wasm === "string") return { wasm_path: wasm };
  return {
    wasm_fn: async (imports) => {
      try {
        return (await WebAssembly.instantiate(await wasm, imports)).exports;
      } catch (error) {
        reject(error);
        return new Promise<never>(() => {});
      }
    },
  };
}

function firmwareFrom(from: StartFrom): Partial<V86Options> {
  if ("state" in from) return {};
  return {
    bios: { buffer: from.bios },
    vga_bios: { buffer: from.vgaBios },
    bzimage: { buffer: from.kernel },
    initrd: { buffer: from.initrd },
    cmdline: from.cmdline,
  };
}

/**
 * v86 declares each port a terminal. This one stays a plain port, which the guest reads a buffer at a time and not in
 * the 16 bytes of its terminal layer.
 */
function keepPlain(emulator: V86Emulator, plainPort: number): void {
  const device = emulator.v86.cpu.devices.virtio_console;
  const send = device.SendEvent.bind(device);
  device.SendEvent = (port, event, value) => {
    if (port !== plainPort || event !== CONSOLE_PORT_EVENT) send(port, event, value);
  };
}

/** Bytes into lines; only the kernel writes here, so Latin-1 will do. */
class LineGatherer {
  readonly #onLine: (line: string) => void;
  #line = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(byte: number): void {
    if (byte !== 10) {
      if (byte !== 13) this.#line += String.fromCharCode(byte);
      return;
    }
    const line = this.#line;
    this.#line = "";
    this.#onLine(line);
  }
}
