/**
 * Network namespaces for containers, at hand: made ahead while there is nothing else to do, and used again where
 * nobody has used them. Making one and clearing it away costs more than all else of a container.
 */
import { makeNetwork } from "../../shared/birth/network-calls.js";
import { CallList, type SlotValue } from "../../shared/calls/call-list.js";
import { reportOf, Slot, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { stoppedAt } from "../../shared/calls/report.js";
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from "../../shared/linux/constants.js";
import { disableIPv6 } from "../../shared/network/link-calls.js";
import { Failure } from "../failure.js";
import type { Fd, System } from "../system/system.js";
import { clearUp } from "./clear-up.js";

const OWN_NAMESPACE = "/proc/self/ns/net";
const COUNTERS = "/proc/self/net/dev";
const SOCKETS = "/proc/self/net/sockstat";
/** How long nobody must have asked for one before the next is made. */
const IDLE_MS = 300;
const KEPT = 2;
const COUNTERS_BYTES = 1024;
const SOCKETS_BYTES = 64;

/** Slots of the lists. */
const OWN: SlotValue = { slot: Slot.ownNetwork };
const TARGET: SlotValue = { slot: Slot.free };
const MADE: SlotValue = { slot: Slot.free + 1 };
const FILE: SlotValue = { slot: Slot.free + 2 };

export class NetworkNamespaces {
  readonly #ready: Fd[] = [];
  // Composed once: the interpreter is slow, and the probe follows every container.
  readonly #maker = composeMaker();
  readonly #probe = composeProbe();
  #cancel: (() => void) | undefined;

  /** `own`: the agent's, open. */
  constructor(
    readonly system: System,
    readonly own: Fd,
  ) {}

  /** A namespace with its loopback interface up; undefined when none is at hand. To be given back. */
  take(): Fd | undefined {
    const taken = this.#ready.pop();
    this.prepareSoon();
    return taken;
  }

  /** As `take`, but one is made where none is at hand. @throws {Failure} where none can be made. */
  takeOrMake(): Fd {
    const taken = this.take() ?? this.#make();
    if (taken === undefined) throw new Failure("system", "a network namespace could not be made");
    return taken;
  }

  /**
   * `reusable`: its container could not change anything in it. It is then as new, unless something has passed over
   * its loopback interface: that shows in its counters, and may have left ports in use. Or unless there is a socket in
   * it still, passed on to another container, which would listen to the next one.
   */
  giveBack(fd: Fd, reusable: boolean): void {
    if (reusable && this.#ready.length < KEPT && this.#isUnused(fd)) this.#ready.push(fd);
    else this.system.close(fd);
  }

  prepareSoon(): void {
    this.#cancel?.();
    this.#cancel = this.system.setTimer(IDLE_MS, () => {
      this.#cancel = undefined;
      const made = this.#ready.length === 0 ? this.#make() : undefined;
      if (made !== undefined) this.#ready.push(made);
    });
  }

  #make(): Fd | undefined {
    const list = withReport(this.#maker);
    this.#carryOut(list);
    const made = slotsOf(list)[MADE.slot]!;
    return made < 0 ? undefined : made;
  }

  /** One line for each interface: bytes and packets received come first. The sockets' total stands alone. */
  #isUnused(fd: Fd): boolean {
    const list = withReport(this.#probe.bytes);
    slotsOf(list)[TARGET.slot] = fd;
    if (!this.#carryOut(list)) return false;
    const { counters, sockets } = this.#probe;
    const text = (at: number, bytes: number) => this.system.utf8Decode(list.subarray(at, at + bytes));
    return (
      /^\s*lo:\s*0\s+0\s/m.test(text(counters, COUNTERS_BYTES)) &&
      text(sockets, SOCKETS_BYTES).startsWith("sockets: used 0\n")
    );
  }

  /** Whatever becomes of the calls, the agent is in its own namespace afterwards. @returns whether all were made. */
  #carryOut(list: Uint8Array): boolean {
    slotsOf(list)[OWN.slot] = this.own;
    this.system.carryOut(list);
    clearUp(this.system, list);
    return stoppedAt(reportOf(list)) === undefined;
  }
}

function goBack(calls: CallList): void {
  calls.call("setns", [OWN, CLONE_NEWNET]);
}

/** Enters a new namespace, opens it, and comes back; what is open of it keeps it alive. */
function composeMaker(): Uint8Array {
  const calls = listWithSlots();
  makeNetwork(calls);
  disableIPv6(calls);
  calls.call("openat", [AT_FDCWD, calls.text(OWN_NAMESPACE), O_RDONLY | O_CLOEXEC, 0], { into: MADE });
  goBack(calls);
  return calls.encode();
}

/** Enters a namespace, reads what is in use of it, and comes back. The numbers: where in the list that is then. */
function composeProbe(): { bytes: Uint8Array; counters: number; sockets: number } {
  const calls = listWithSlots();
  const [counters, sockets] = [calls.room(COUNTERS_BYTES), calls.room(SOCKETS_BYTES)];
  calls.call("setns", [TARGET, CLONE_NEWNET]);
  for (const [path, room, bytes] of [
    [COUNTERS, counters, COUNTERS_BYTES],
    [SOCKETS, sockets, SOCKETS_BYTES],
  ] as const) {
    calls.call("openat", [AT_FDCWD, calls.text(path), O_RDONLY | O_CLOEXEC, 0], { into: FILE });
    calls.call("read", [FILE, room, bytes]);
    calls.call("close", [FILE]);
  }
  goBack(calls);
  return { bytes: calls.encode(), counters: calls.offsetOf(counters), sockets: calls.offsetOf(sockets) };
}

/** Whose own slots come after those named above. */
function listWithSlots(): CallList {
  const calls = new CallList();
  for (let i = 0; i < 3; i++) calls.slot();
  return calls;
}
