import { readFileSync } from "node:fs";

/**
 * Parts come from Debian's packages, so the machine must be Debian (or one of its children, with apt).
 * @returns what to do instead, or undefined on Debian.
 */
export function unsuitablePlatform(): string | undefined {
  if (process.platform === "linux" && /^ID(_LIKE)?=.*debian/m.test(osRelease())) return undefined;
  return [
    `drydock: the VM image is built from Debian packages, and this is ${process.platform}, not Debian.`,
    "Build it in a Debian container, from this directory:",
    '  docker run --rm -it -p 4173:4173 -v "$PWD":/drydock -w /drydock node:20-bookworm npm start -- --host',
  ].join("\n");
}

function osRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}
