/** The interactive shell on the machine's terminal: a login bash, started again when it ends. */

import { O_CLOEXEC, O_NOCTTY, O_RDWR, SIGKILL } from "../../shared/linux/constants.js";
import { allowing } from "../failure.js";
import type { Processes } from "../runtime/processes.js";
import type { ExitStatus, Pid, Size, System } from "../system/system.js";

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
    readonly processes: Processes,
    readonly directory: string,
  ) {}

  start(size: Size): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#setUp(size);
    void this.#spawn();
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

  async #spawn(): Promise<void> {
    const { system } = this;
    const startMicros = system.monotonicMicros();
    await this.#run().catch(() => {});
    if (!this.#wanted) return;
    const restart = () => {
      this.#restoreTerminal();
      void this.#spawn();
    };
    if (system.monotonicMicros() - startMicros > TOO_SOON_MICROS) restart();
    else this.#cancelPause = system.setTimer(PAUSE_MS, restart);
  }

  /** Resolves when it has ended. */
  async #run(): Promise<void> {
    const cwd = this.system.modeOf(this.directory) === null ? "/" : this.directory;
    const process = { args: ["-bash"], env: ENVIRONMENT, cwd, user: { uid: 0, gid: 0 } };
    const born = await this.processes.run(process, { device: TERMINAL, program: PROGRAM });
    this.#pid = born.pid;
    this.#ended = born.exited;
    await born.finish();
    this.#pid = undefined;
  }

  #restoreTerminal(): void {
    const { system } = this;
    const fd = system.open(TERMINAL, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
    system.setTermios(fd, this.#settings!);
    system.close(fd);
  }
}
