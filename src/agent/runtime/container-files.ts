/** Files as a container's processes see them, whatever its links say: no path leads out of its root. */
import { CallList } from "../../shared/calls/call-list.js";
import { slotsOf, withReport } from "../../shared/calls/list-format.js";
import {
  AT_FDCWD,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  S_IFMT,
  S_IFREG,
} from "../../shared/linux/constants.js";
import type { Fd, Pid, System } from "../system/system.js";

/** An answer has at most 1 MiB, what it says besides included. */
const MOST_BYTES = (1 << 20) - 4096;
const OPEN_HOW_BYTES = 24;

/** The first 1 MiB, or nearly, of a regular file; undefined where there is none. */
export function readInRoot(system: System, pid: Pid, path: string): Uint8Array | undefined {
  const fd = openInRoot(system, pid, path);
  if (fd === undefined) return undefined;
  const name = `/proc/self/fd/${fd}`;
  try {
    // Only once it is known to be a file: a pipe would hold the agent up, a device might do anything.
    if ((system.stat(name).mode & S_IFMT) !== S_IFREG) return undefined;
    return readStart(system, name);
  } finally {
    system.close(fd);
  }
}

function openInRoot(system: System, pid: Pid, path: string): Fd | undefined {
  const calls = new CallList();
  const [root, file] = [calls.slot(), calls.slot()];
  const how = calls.words([O_PATH | O_CLOEXEC, 0, 0, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, 0]);
  calls.call("openat", [AT_FDCWD, calls.text(`/proc/${pid}/root`), O_PATH | O_DIRECTORY | O_CLOEXEC, 0], {
    into: root,
  });
  calls.call("openat2", [root, calls.text(path), how, OPEN_HOW_BYTES], { into: file, allow: "any" });
  calls.call("close", [root]);
  const list = withReport(calls.encode());
  system.carryOut(list);
  const fd = slotsOf(list)[file.slot]!;
  return fd < 0 ? undefined : fd;
}

/** Some that count as files wait for what comes, such as /proc/kmsg. */
function readStart(system: System, name: string): Uint8Array {
  const fd = system.open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  try {
    return system.read(fd, MOST_BYTES) ?? new Uint8Array(0);
  } finally {
    system.close(fd);
  }
}
