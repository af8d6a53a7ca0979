/** Readers of the kernel's small text files. A file that the kernel does not offer reads as empty. */
import { allowing } from "../failure.js";
import type { System } from "../system/system.js";

export function readText(system: System, path: string): string {
  const bytes = allowing(["ENOENT", "ENODEV", "EOPNOTSUPP"], () => system.readFile(path));
  return bytes ? system.utf8Decode(bytes) : "";
}

/** The number after `key` in lines of `key number`; 0 where there is none. */
export function counter(text: string, key: string): number {
  const start = text.startsWith(`${key} `) ? 0 : text.indexOf(`\n${key} `) + 1;
  if (start === 0 && !text.startsWith(`${key} `)) return 0;
  return Number.parseInt(text.slice(start + key.length + 1), 10) || 0;
}
