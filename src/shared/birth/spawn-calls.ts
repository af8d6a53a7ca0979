/** The process itself: made by clone3, given its descriptors. */
import type { CallList, Label } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import { cloneText } from "../linux/call-text.js";
import { CLONE_PIDFD, CLONE_VFORK, CLONE_VM, SIGCHLD, SIGPIPE } from "../linux/constants.js";

/** High half of clone_args.flags. */
const CLONE_INTO_CGROUP = 2;
const CGROUP_OFFSET = 80;
const SIGSET_BYTES = 8;

export interface Spawn {
  /** CLONE_NEW… */
  namespaces: number;
  /** Born in the cgroup of Slot.cgroup. */
  intoCgroup: boolean;
  /**
   * The child shares this process's memory and holds it up until it execs or ends: cheapest, but nobody can answer
   * it meanwhile.
   */
  shared: boolean;
}

/** What follows is the child's, up to where `parent` is set. */
export function spawn(
  list: CallList,
  { namespaces, intoCgroup, shared }: Spawn,
  parent: Label,
  otherwise?: Label,
): void {
  const flags = namespaces | CLONE_PIDFD | (shared ? CLONE_VM | CLONE_VFORK : 0);
  const args = list.words([
    ...[flags, intoCgroup ? CLONE_INTO_CGROUP : 0],
    ...[{ slot: Slot.pidfd }, 0, 0, 0, 0, 0],
    ...[SIGCHLD, 0],
    ...Array<number>(10).fill(0),
    ...[0, 0],
  ]);
  if (intoCgroup) list.store({ slot: Slot.cgroup }, args, CGROUP_OFFSET);
  list.spawn(args, parent, {
    into: { slot: Slot.pid },
    step: cloneText(flags, intoCgroup ? 0 : undefined),
    ...(otherwise && { allow: "any", otherwise }),
  });
}

/** The agent ignores SIGPIPE, and what is ignored stays so across exec. */
export function leaveAgent(list: CallList): void {
  list.call("rt_sigaction", [SIGPIPE, list.words([0, 0, 0, 0, 0]), 0, SIGSET_BYTES]);
  list.call("setsid", []);
}

/** Slots 0 to 2 become descriptors 0 to 2. */
export function joinPipes(list: CallList): void {
  for (const target of [0, 1, 2]) list.call("dup2", [{ slot: target }, target]);
}
