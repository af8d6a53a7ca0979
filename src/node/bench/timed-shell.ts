/**
 * A bash that is there already, as a user's is: lines go in at its stdin, and each is timed by two clocks. The shell's
 * own clock does not see the way in and out; the caller's does.
 */
export interface Timing {
  /** From before to after the line, by the clock of the machine where the shell runs. */
  shellMs: number;
  /** From writing the line until its end was seen here. */
  callerMs: number;
  /** What the line wrote to stdout and stderr. */
  output: string;
}

interface Waiting {
  line: string;
  startedMs: number;
  resolve(timing: Timing): void;
  reject(error: Error): void;
}

/** Before the report of a line: status, and the clock in seconds before and after. */
const RECORD = "\x1e";
const PRELUDE = `export LC_ALL=C
timed() { local before=$EPOCHREALTIME; eval "$1" </dev/null 2>&1; printf '\\036%s %s %s\\n' $? $before $EPOCHREALTIME; }
`;

export class TimedShell {
  readonly #write: (text: string) => void;
  #output = "";
  #waiting: Waiting | undefined;
  #ended: Error | undefined;

  /** @param write to the shell's stdin; what comes out of it is told with `push`. */
  constructor(write: (text: string) => void) {
    this.#write = write;
    write(PRELUDE);
  }

  /** One line at a time. @throws {Error} with its output when its status is not 0, or when the shell has ended. */
  run(line: string): Promise<Timing> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#waiting) return Promise.reject(new Error(`${line}: the shell still runs ${this.#waiting.line}`));
    return new Promise((resolve, reject) => {
      this.#waiting = { line, startedMs: performance.now(), resolve, reject };
      this.#write(`timed ${quote(line)}\n`);
    });
  }

  /** What came out of the shell. */
  push(text: string): void {
    this.#output += text;
    const [output, rest] = this.#output.split(RECORD, 2);
    const waiting = this.#waiting;
    if (!waiting || !rest?.endsWith("\n")) return;
    this.#output = "";
    this.#waiting = undefined;
    const callerMs = performance.now() - waiting.startedMs;
    const [status, before, after] = rest.split(" ").map(Number);
    if (status !== 0) waiting.reject(new Error(`${waiting.line}: exit status ${status}: ${output!.trim()}`));
    else waiting.resolve({ shellMs: (after! - before!) * 1000, callerMs, output: output! });
  }

  /** The shell is gone. */
  end(reason: Error): void {
    this.#ended ??= reason;
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
  }
}

function quote(line: string): string {
  return `'${line.replaceAll("'", "'\\''")}'`;
}
