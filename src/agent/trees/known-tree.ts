/**
 * Removes a directory whose contents are known, such as what a container that has changed nothing leaves: one list of
 * calls, composed once, in place of a walk.
 */
import { CallList, type SlotValue } from "../../shared/calls/call-list.js";
import { slotsOf, withReport } from "../../shared/calls/list-format.js";
import { AT_REMOVEDIR, O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_PATH, O_RDONLY } from "../../shared/linux/constants.js";
import type { Fd, System } from "../system/system.js";

const MOST_NAME_BYTES = 255;

export class KnownTree {
  readonly #parent: Fd;
  readonly #bytes: Uint8Array;
  readonly #nameAt: number;
  readonly #parentSlot: SlotValue;
  readonly #left: SlotValue;

  /** `contents`: paths in it, children before parents; a directory ends in a slash. Not all need be there. */
  constructor(
    readonly system: System,
    parent: string,
    contents: readonly string[],
  ) {
    this.#parent = system.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    const calls = new CallList();
    const name = calls.room(MOST_NAME_BYTES + 1);
    const directory = calls.slot();
    const gone = calls.label();
    this.#parentSlot = calls.slot();
    this.#left = calls.slot();
    calls.call("openat", [this.#parentSlot, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0], {
      into: directory,
      allow: ["ENOENT"],
      otherwise: gone,
    });
    for (const path of contents) {
      const flags = path.endsWith("/") ? AT_REMOVEDIR : 0;
      calls.call("unlinkat", [directory, calls.text(path.replace(/\/$/, "")), flags], { allow: "any" });
    }
    calls.call("close", [directory]);
    calls.call("unlinkat", [this.#parentSlot, name, AT_REMOVEDIR], {
      allow: ["ENOTEMPTY", "ENOTDIR"],
      otherwise: gone,
    });
    calls.here(gone);
    calls.call("faccessat2", [this.#parentSlot, name, 0, 0], { into: this.#left, allow: "any" });
    this.#bytes = calls.encode();
    this.#nameAt = calls.offsetOf(name);
  }

  /** Whether the directory `name` of the parent is gone now; where it is not, something else is in it. */
  remove(name: string): boolean {
    const bytes = this.system.utf8Encode(name);
    if (bytes.length > MOST_NAME_BYTES) return false;
    const list = withReport(this.#bytes);
    list.set(bytes, this.#nameAt);
    const slots = slotsOf(list);
    slots[this.#parentSlot.slot] = this.#parent;
    this.system.carryOut(list);
    return slots[this.#left.slot]! < 0;
  }
}
