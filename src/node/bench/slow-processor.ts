/**
 * A slower processor for processes that are there: they are stopped and continued in turn. The throttle of Chromium's
 * own DevTools slows the page's main thread only, and the machine runs in a worker.
 */
import type { Disposable } from "../../shared/disposable.js";

const RUN_MS = 10;

/** @param times how much slower. @param processes their ids now; asked for anew in each turn. */
export function slowDown(times: number, processes: () => readonly number[]): Disposable {
  let stopped: readonly number[] = [];
  let timer = setTimeout(stop, RUN_MS);
  let since = performance.now();

  function stop(): void {
    const ranMs = performance.now() - since;
    stopped = processes();
    for (const id of stopped) signal(id, "SIGSTOP");
    timer = setTimeout(go, ranMs * (times - 1));
  }

  function go(): void {
    for (const id of stopped) signal(id, "SIGCONT");
    since = performance.now();
    timer = setTimeout(stop, RUN_MS);
  }

  return {
    dispose() {
      clearTimeout(timer);
      for (const id of stopped) signal(id, "SIGCONT");
    },
  };
}

function signal(id: number, name: "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(id, name);
  } catch {
    // It has ended meanwhile.
  }
}
