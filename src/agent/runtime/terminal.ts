/** A terminal for a process, made by the process itself from the devpts that it sees. */
import { MS_BIND, O_CLOEXEC, O_CREAT, O_NOCTTY, O_RDWR, O_WRONLY } from "../system/constants.js";
import type { Fd, Size } from "../system/system.js";
import type { ChildSystem } from "./child-system.js";

export interface Terminal {
  /** For the agent; to be closed once it has been sent. */
  master: Fd;
  /** `/dev/pts/N`. */
  path: string;
}

/** Makes the terminal the process's controlling one and its descriptors 0, 1 and 2. The process leads its session. */
export function openTerminal({ traced, quiet }: ChildSystem, size: Size, uid: number): Terminal {
  const master = quiet.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
  const path = `/dev/pts/${quiet.unlockTerminal(master)}`;
  const slave = traced.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
  quiet.setWindowSize(slave, size);
  if (uid !== 0) quiet.fchown(slave, uid, 5);
  quiet.setControllingTerminal(slave);
  for (const fd of [0, 1, 2]) quiet.dup2(slave, fd);
  if (slave > 2) quiet.close(slave);
  return { master, path };
}

/** /dev/console of a container is its first process's terminal. */
export function bindConsole({ traced, quiet }: ChildSystem, terminal: Terminal): void {
  quiet.close(quiet.open("/dev/console", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600));
  traced.mount(terminal.path, "/dev/console", "", MS_BIND, "");
}
