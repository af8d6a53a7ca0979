import { Emulator } from "./emulator.js";
import { GuestMachine } from "./guest-machine.js";
import type { Machine, MachineOptions } from "./machine.js";
import { createPageFiles } from "./page-files.js";
import { SparseDisk } from "./sparse-disk.js";

const DEFAULT_TIMEOUT_MS = 20_000;
const GREETING_TIMEOUT_MS = 30_000;
const ENTROPY_BYTES = 64;

/**
 * Goes on from a saved state: the guest gets the time, fresh randomness, the page's files and a shell.
 * @throws {Error} when the state does not fit, the guest dies or the agent's protocol is another.
 */
export async function restoreMachine(options: MachineOptions): Promise<Machine> {
  const files = createPageFiles(options.workspace);
  // The saved state knows their sizes.
  const [disk, swap] = [new SparseDisk(0), new SparseDisk(0)];
  const emulator = await Emulator.load({
    wasm: options.wasm,
    memoryBytes: options.memoryBytes,
    disk,
    swap,
    handle9p: (request, reply) => files.server.handle(request, reply),
    from: { state: options.state },
  });
  const machine = new GuestMachine({ emulator, files, disk, swap, greets: true });
  try {
    await machine.greeted(GREETING_TIMEOUT_MS);
    // The saved state has the console's size from the boot.
    machine.terminal.resize(options.columns, options.rows);
    await resume(machine, options);
  } catch (error) {
    machine.dispose();
    throw error;
  }
  // An agent that has started anew knows nothing of the shell; a machine that cannot go on is said by its health.
  machine.agent.onRestart(() => void resume(machine, options).catch(() => {}));
  machine.attend(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  return machine;
}

async function resume({ agent }: GuestMachine, { columns, rows, shell }: MachineOptions): Promise<void> {
  const entropyHex = randomHex(ENTROPY_BYTES);
  await agent.call("machine.resume", { epochMs: Date.now(), entropyHex, columns, rows, shell });
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
