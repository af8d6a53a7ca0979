/** A network of the container's own: loopback only. */
import type { CallList } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { unshareText } from "../linux/call-text.js";
import { AF_UNIX, CLONE_NEWNET, IFF_RUNNING, IFF_UP, O_CLOEXEC, SIOCSIFFLAGS, SOCK_DGRAM } from "../linux/constants.js";

/** Enters the namespace that was made ahead, in Slot.network, or makes one where there is none. */
export function enterNetwork(list: CallList): void {
  const [fresh, done] = [list.label(), list.label()];
  list.call("setns", [{ slot: Slot.network }, CLONE_NEWNET], {
    step: "made ahead CLONE_NEWNET",
    allow: ["EBADF"],
    otherwise: fresh,
    next: done,
  });
  list.here(fresh);
  makeNetwork(list);
  list.here(done);
}

/** The calling process's network namespace becomes a new one, with its loopback interface up. */
export function makeNetwork(list: CallList): void {
  list.call("unshare", [CLONE_NEWNET], { step: unshareText(CLONE_NEWNET) });
  const socket = list.slot();
  list.call("socket", [AF_UNIX, SOCK_DGRAM | O_CLOEXEC, 0], { into: socket });
  list.call("ioctl", [socket, SIOCSIFFLAGS, interfaceFlags(list, "lo", IFF_UP | IFF_RUNNING)], {
    step: "SIOCSIFFLAGS lo up",
  });
  list.call("close", [socket]);
}

/** struct ifreq: sixteen bytes of name, then the flags. */
function interfaceFlags(list: CallList, name: string, flags: number) {
  const request = new Uint8Array(32);
  for (let i = 0; i < name.length; i++) request[i] = name.charCodeAt(i);
  request[16] = flags;
  return list.bytes(request);
}
