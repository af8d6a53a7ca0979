import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { bootMachine } from "../src/machine/boot-machine.js";
import type { Kernel } from "./initrd.js";
import { DISK_BYTES, KERNEL_COMMAND_LINE, MEMORY_BYTES, SWAP_BYTES } from "./recipe.js";

/** A boot takes 15 seconds; on a machine with other work, minutes. */
const BOOT_TIMEOUT_MS = 600_000;

export interface BootInput {
  kernel: Kernel;
  initrd: Uint8Array;
  /** SeaBIOS's files. */
  firmware: string;
}

/**
 * Boots to a ready agent, lets it put everything away, and saves.
 * @throws {Error} with the console's last lines when the agent does not come up.
 */
export async function bootAndSave({ kernel, initrd, firmware }: BootInput): Promise<ArrayBuffer> {
  const console: string[] = [];
  try {
    const machine = await bootMachine({
      wasm: createRequire(import.meta.url).resolve("v86/build/v86.wasm"),
      bios: bufferOf(await readFile(join(firmware, "bios.bin"))),
      vgaBios: bufferOf(await readFile(join(firmware, "vgabios-stdvga.bin"))),
      kernel: bufferOf(kernel.bzImage),
      initrd: bufferOf(initrd),
      cmdline: KERNEL_COMMAND_LINE,
      memoryBytes: MEMORY_BYTES,
      diskBytes: DISK_BYTES,
      swapBytes: SWAP_BYTES,
      onConsole: (line) => console.push(line),
      timeoutMs: BOOT_TIMEOUT_MS,
    });
    try {
      await machine.agent.call("machine.quiesce", {});
      return await machine.save();
    } finally {
      machine.dispose();
    }
  } catch (error) {
    const last = console.slice(-20).map((line) => `\n  | ${line}`);
    throw new Error(`the guest did not boot: ${(error as Error).message}; its console's last lines:${last.join("")}`, {
      cause: error,
    });
  }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
