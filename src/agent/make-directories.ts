import { type System, SystemError } from "./system/system.js";

/** mkdir -p: whatever is missing of an absolute path. */
export function makeDirectories(system: System, path: string): void {
  if (path === "" || path === "/" || system.modeOf(path) !== null) return;
  makeDirectories(system, path.slice(0, path.lastIndexOf("/")));
  try {
    system.mkdir(path, 0o755);
  } catch (error) {
    // Ends in a slash, or was made meanwhile.
    if (!(error instanceof SystemError) || error.errno !== "EEXIST") throw error;
  }
}
