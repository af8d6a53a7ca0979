/** What we use of v86 beyond its own typings. */

export interface V86Queue {
  is_configured(): number;
  has_request(): boolean;
}

/** A disk's contents, as v86's IDE interface uses them. */
export interface V86Disk {
  byteLength: number;
  onload?: (event: { buffer: V86Disk }) => void;
  load(): void;
  get(start: number, length: number, done: (bytes: Uint8Array) => void): void;
  set(start: number, bytes: Uint8Array, done: () => void): void;
  get_and_cache(start: number, length: number, done: (bytes: Uint8Array) => void): void;
  get_from_cache(start: number, length: number): Uint8Array;
  get_buffer(done: (buffer?: ArrayBuffer) => void): void;
  get_state(): unknown[];
  set_state(state: unknown[]): void;
  /** Ours: bytes that the guest has no use for any more. */
  discard?(start: number, length: number): void;
}

/** What a port does; `this` is its device. */
export interface V86Port {
  write8(this: unknown, value: number): void;
}

/** A drive's registers; 16-bit ones hold the last two bytes written. */
export interface V86IdeInterface {
  buffer: V86Disk | null;
  /** -1 when none is under way. */
  current_command: number;
  status_reg: number;
  error_reg: number;
  features_reg: number;
  sector_count_reg: number;
  /** What the guest reads from the data port. */
  data16: Uint16Array;
}

export interface V86IdeChannel {
  cpu: V86Cpu;
  irq: number;
  /** First port of the drive's registers. */
  command_base: number;
  current_interface: V86IdeInterface;
  /** Registers of the bus master. */
  prdt_addr: number;
  dma_command: number;
  dma_status: number;
  push_irq(): void;
}

export interface V86Console {
  virtio: { queues: V86Queue[] };
  /** A control message to the driver about a port. */
  SendEvent(port: number, event: number, value: number): void;
}

export interface V86Cpu {
  in_hlt: Uint8Array;
  /** One element: instructions that the guest has run, modulo 2^32. */
  instruction_counter: Int32Array | Uint32Array;
  devices: { virtio_console: V86Console; ide: { primary: V86IdeChannel } };
  /** By number. */
  io: { ports: V86Port[] };
  /** The guest's physical memory. */
  mem8: Uint8Array;
  read8(address: number): number;
  read16(address: number): number;
  read32s(address: number): number;
  device_lower_irq(irq: number): void;
  wm: {
    exports: {
      /** Settings of the compiler by index; not part of a saved state. */
      set_jit_config(index: number, value: number): void;
    };
  };
  /** Puts the module at `at` in v86's own memory, compiled of the code at `address`, into the table in a while. */
  codegen_finalize(index: number, address: number, flags: number, at: number, length: number): void;
  jit_clear_func(index: number): void;
  jit_clear_all_funcs(): void;
  /** Forgets what was compiled of these addresses of the guest's memory. */
  jit_dirty_cache(start: number, end: number): void;
}

export interface V86Machine {
  cpu: V86Cpu;
  /** One slice of the guest's time; on the prototype. */
  do_tick(): void;
  /** Plans the next slice, in so many milliseconds; on the prototype. */
  next_tick(sleepMs: number): void;
  /** Gives up what plans the slices. */
  destroy(): void;
}

export interface V86Bus {
  send(event: string, value: unknown): void;
}

export interface V86Emulator {
  v86: V86Machine;
  bus: V86Bus;
  add_listener<T>(event: string, listener: (value: T) => void): void;
  run(): Promise<void>;
  stop(): Promise<void>;
  save_state(): Promise<ArrayBuffer>;
  restore_state(state: ArrayBuffer): Promise<void>;
  /** @param rawBytes of what is in `packed`, a zstd frame. */
  zstd_decompress(rawBytes: number, packed: Uint8Array): ArrayBuffer;
  destroy(): Promise<void>;
}

export interface V86Options {
  wasm_path?: string;
  wasm_fn?: (imports: WebAssembly.Imports) => Promise<WebAssembly.Exports>;
  memory_size: number;
  vga_memory_size: number;
  bios?: { buffer: ArrayBuffer };
  vga_bios?: { buffer: ArrayBuffer };
  bzimage?: { buffer: ArrayBuffer };
  initrd?: { buffer: ArrayBuffer };
  cmdline?: string;
  hda: V86Disk;
  hdb: V86Disk;
  virtio_console: true;
  filesystem: { handle9p: (request: Uint8Array, reply: (bytes: Uint8Array) => void) => void };
  net_device: object;
  autostart: false;
  disable_keyboard: true;
  disable_mouse: true;
  disable_speaker: true;
}
