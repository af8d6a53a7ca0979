import { type Disposable, Emitter } from "../shared/disposable.js";
import type { SparseDisk } from "./sparse-disk.js";

const FULL_SHARE = 0.95;
const ROOM_SHARE = 0.9;
const MEBIBYTE = 1 << 20;

/**
 * Tells when little is left on a disk, since the guest tells only the program that does not get what it wants. Once, and
 * again after there has been room.
 */
export class DiskSpace implements Disposable {
  readonly #messages = new Emitter<string>();
  readonly #subscription: Disposable;
  #told = false;

  /** @param what such as `the disk`. @param advice what to do, as a sentence without its end. */
  constructor(disk: SparseDisk, what: string, advice: string) {
    this.#subscription = disk.onWrite(() => {
      const share = disk.heldBytes / disk.byteLength;
      if (share < ROOM_SHARE) this.#told = false;
      if (share < FULL_SHARE || this.#told) return;
      this.#told = true;
      const [held, all] = [disk.heldBytes, disk.byteLength].map((bytes) => Math.round(bytes / MEBIBYTE));
      this.#messages.fire(`${what} is nearly full: ${held} of ${all} MiB are taken; ${advice}`);
    });
  }

  readonly onMessage = this.#messages.event;

  dispose(): void {
    this.#subscription.dispose();
  }
}
