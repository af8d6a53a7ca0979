/** The interactive shell on the machine's terminal: a login bash, started again when it ends. */

import { allowing, succeeds } from "../failure.js";
import { watchExit } from "../runtime/launch.js";
import { O_CLOEXEC, O_NOCTTY, O_RDWR, SIGKILL } from "../system/constants.js";
import type { ExitStatus, Fd, Pid, Size, System } from "../system/system.js";

const TERMINAL = "/dev/hvc0";
const PROGRAM = "/bin/bash";
const ENVIRONMENT = [
  "HOME=/root",
  "USER=root",
  "LOGNAME=root",
  "SHELL=/bin/bash",
  "TERM=xterm-256color",
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
];
/** A shell that ends sooner is not started again at once. */
const TOO_SOON_MICROS = 1_000_000;
const PAUSE_MS = 1000;
const LAST_FD = 0x7fffffff;

export class Shell {
  #wanted = false;
  #pid: Pid | undefined;
  #ended: Promise<ExitStatus> | undefined;
  /** How the terminal is set when nobody has touched it. */
  #settings: Uint8Array | undefined;
  #cancelPause: (() => void) | undefined;

  /** `directory` is where it starts, if that is there. */
  constructor(
    readonly system: System,
    readonly directory: string,
  ) {}

  start(size: Size): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#setUp(size);
    this.#spawn();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    this.#cancelPause?.();
    if (this.#pid === undefined) return;
    // Its session goes with it: the kernel hangs up what runs in the foreground.
    allowing(["ESRCH"], () => this.system.kill(this.#pid!, SIGKILL));
    await this.#ended;
  }

  #setUp(size: Size): void {
    const { system } = this;
    const fd = system.open(TERMINAL, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
    this.#settings ??= system.makeRaw(fd);
    system.setTermios(fd, this.#settings);
    system.setWindowSize(fd, size);
    system.close(fd);
  }

  #spawn(): void {
    const { system } = this;
    const startMicros = system.monotonicMicros();
    const pid = system.clone(0);
    if (pid === 0) becomeShell(system, this.directory);
    this.#pid = pid;
    this.#ended = watchExit(system, pid);
    void this.#ended.then(() => {
      this.#pid = undefined;
      if (!this.#wanted) return;
      const restart = () => {
        this.#restoreTerminal();
        this.#spawn();
      };
      if (system.monotonicMicros() - startMicros > TOO_SOON_MICROS) restart();
      else this.#cancelPause = system.setTimer(PAUSE_MS, restart);
    });
  }

  #restoreTerminal(): void {
    const { system } = this;
    const fd = system.open(TERMINAL, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
    system.setTermios(fd, this.#settings!);
    system.close(fd);
  }
}

function becomeShell(system: System, directory: string): never {
  try {
    system.setsid();
    const fd: Fd = system.open(TERMINAL, O_RDWR, 0);
    system.setControllingTerminal(fd);
    for (const target of [0, 1, 2]) system.dup2(fd, target);
    system.closeRange(3, LAST_FD);
    system.umask(0o022);
    if (!succeeds(["ENOENT"], () => system.chdir(directory))) system.chdir("/");
    system.resetSignals();
    return system.execve(PROGRAM, ["-bash"], ENVIRONMENT);
  } catch {
    return system.exit(127);
  }
}
