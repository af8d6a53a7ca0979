import { EngineError } from "../engine-error.js";

/** Linux signals of i386 by number, from 1 (signal(7)). */
const NAMES = `HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN
TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS`.split(/\s+/);

export const SIGKILL = 9;
export const SIGTERM = 15;
const SIGRTMIN = 34;
const SIGRTMAX = 64;

/** `KILL`, `SIGKILL`, `sigkill`, `9`, `RTMIN+3`. @throws {EngineError} `invalid` naming the text. */
export function parseSignal(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : namedSignal(text.toUpperCase().replace(/^SIG/, ""));
  if (number === undefined || number < 1 || number > SIGRTMAX)
    throw new EngineError("invalid", `invalid signal: ${text}`);
  return number;
}

function namedSignal(name: string): number | undefined {
  const realTime = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (realTime) {
    const offset = Number(realTime[3] ?? 0) * (realTime[2] === "-" ? -1 : 1);
    return (realTime[1] === "MIN" ? SIGRTMIN : SIGRTMAX) + offset;
  }
  const index = NAMES.indexOf({ IOT: "ABRT", CLD: "CHLD", POLL: "IO" }[name] ?? name);
  return index < 0 ? undefined : index + 1;
}
