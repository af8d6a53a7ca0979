import { Emulator } from "./emulator.js";
import { GuestMachine } from "./guest-machine.js";
import type { Machine } from "./machine.js";
import { createPageFiles } from "./page-files.js";
import { SparseDisk } from "./sparse-disk.js";

export interface BootOptions {
  /** v86.wasm: where to fetch it (browser), or its path (Node). */
  wasm: string;
  bios: ArrayBuffer;
  vgaBios: ArrayBuffer;
  kernel: ArrayBuffer;
  initrd: ArrayBuffer;
  cmdline: string;
  memoryBytes: number;
  /** /dev/sda and /dev/sdb, both empty. */
  diskBytes: number;
  swapBytes: number;
  /** Lines of the serial console. */
  onConsole?: (line: string) => void;
  /** How long the boot may take until the agent speaks. Default 180,000. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 180_000;

/**
 * Boots a kernel until its agent speaks; for making a VM image, so `machine.resume` is not called.
 * @throws {Error} when the kernel panics or the agent stays silent.
 */
export async function bootMachine(options: BootOptions): Promise<Machine> {
  const { wasm, memoryBytes, bios, vgaBios, kernel, initrd, cmdline } = options;
  const files = createPageFiles();
  const [disk, swap] = [new SparseDisk(options.diskBytes), new SparseDisk(options.swapBytes)];
  const emulator = await Emulator.load({
    wasm,
    memoryBytes,
    disk,
    swap,
    handle9p: (request, reply) => files.server.handle(request, reply),
    from: { bios, vgaBios, kernel, initrd, cmdline },
  });
  if (options.onConsole) emulator.onSerialLine(options.onConsole);
  const machine = new GuestMachine({ emulator, files, disk, swap, greets: false });
  try {
    await machine.greeted(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  } catch (error) {
    machine.dispose();
    throw error;
  }
  return machine;
}
