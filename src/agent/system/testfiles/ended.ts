import type { ExitStatus, Pid, System } from "../system.js";

/** How the child ends, heard by its pidfd. */
export function ended(system: System, pid: Pid): Promise<ExitStatus> {
  const fd = system.pidfdOpen(pid);
  return new Promise((resolve) => {
    system.onReadable(fd, () => {
      system.onReadable(fd, null);
      system.close(fd);
      resolve(system.waitpid(pid)!);
    });
  });
}
