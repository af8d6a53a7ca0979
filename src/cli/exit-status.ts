/** Exit statuses that `run`, `create`, `start` and `exec` give for what went wrong. */

/** 127: there is no such program; 126: it cannot be executed; otherwise `otherwise`. */
export function startStatus(message: string, otherwise: number): number {
  if (/executable file not found|no such file or directory/.test(message)) return 127;
  if (/permission denied|is a directory/.test(message)) return 126;
  return otherwise;
}

export function signalStatus(signal: number): number {
  return 128 + signal;
}
