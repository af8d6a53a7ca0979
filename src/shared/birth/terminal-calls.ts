/** A terminal for a process, made by the process itself from the devpts that it sees. */
import type { CallList, SlotValue } from "../calls/call-list.js";
import { Slot } from "../calls/list-format.js";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  MOVE_MOUNT_F_EMPTY_PATH,
  MSG_NOSIGNAL,
  O_CLOEXEC,
  O_NOCTTY,
  O_RDWR,
  OPEN_TREE_CLONE,
  S_IFREG,
  SCM_RIGHTS,
  SOL_SOCKET,
  TIOCGPTPEER,
  TIOCSCTTY,
  TIOCSPTLCK,
  TIOCSWINSZ,
} from "../linux/constants.js";

/** Of the process's own devpts: what an image has at /dev/ptmx does not matter. */
const MULTIPLEXER = "/dev/pts/ptmx";
const TTY_GROUP = 5;

export interface Terminal {
  columns: number;
  rows: number;
  /** Who owns it. */
  uid: number;
}

/**
 * Makes the terminal the process's controlling one and its descriptors 0, 1 and 2; its master goes out by Slot.link.
 * The process leads its session.
 */
export function openTerminal(list: CallList, { columns, rows, uid }: Terminal): SlotValue {
  const master = list.slot();
  const slave = list.slot();
  list.call("openat", [AT_FDCWD, list.text(MULTIPLEXER), O_RDWR | O_NOCTTY | O_CLOEXEC, 0], {
    into: master,
    step: MULTIPLEXER,
    as: "open",
  });
  list.call("ioctl", [master, TIOCSPTLCK, list.words([0])]);
  list.call("ioctl", [master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC], { into: slave, step: "TIOCGPTPEER" });
  list.call("ioctl", [slave, TIOCSWINSZ, list.words([rows | (columns << 16), 0])]);
  if (uid !== 0) list.call("fchown32", [slave, uid, TTY_GROUP]);
  list.call("ioctl", [slave, TIOCSCTTY, 0], { step: "TIOCSCTTY" });
  for (const target of [0, 1, 2]) list.call("dup2", [slave, target]);
  sendDescriptor(list, master);
  return slave;
}

/** /dev/console of a container is its first process's terminal. */
export function bindConsole(list: CallList, terminal: SlotValue): void {
  const tree = list.slot();
  const target = list.text("/dev/console");
  list.call("mknod", [target, S_IFREG | 0o600, 0], { allow: ["EEXIST"] });
  list.call("open_tree", [terminal, list.text(""), OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH], { into: tree });
  list.call("move_mount", [tree, list.text(""), AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH], {
    step: "the terminal on /dev/console MS_BIND",
    as: "mount",
  });
}

/** One byte, with the descriptor beside it. */
function sendDescriptor(list: CallList, fd: SlotValue): void {
  const part = list.words([list.bytes(new Uint8Array(1)), 1]);
  const control = list.words([16, SOL_SOCKET, SCM_RIGHTS, 0]);
  list.store(fd, control, 12);
  list.call("sendmsg", [{ slot: Slot.link }, list.words([0, 0, part, 1, control, 16, 0]), MSG_NOSIGNAL]);
}
