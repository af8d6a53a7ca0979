/**
 * The devices that Docker lets containers use. Sources: moby v28.2.2, oci/defaults.go, for what it asks of the runtime;
 * runc v1.2.6, libcontainer/specconv, for what that adds. What moby denies by name there is denied anyway.
 */
import type { LinuxDeviceCgroup } from "../oci/runtime.js";

const NOTHING: LinuxDeviceCgroup = { allow: false, type: "a", access: "rwm" };
const EVERYTHING: LinuxDeviceCgroup = { allow: true, type: "a", access: "rwm" };

/** null, zero, full, random, urandom; tty, console, ptmx; the container's terminals; tun. */
const CHARACTER_DEVICES: [major: number, minor: number][] = [
  [1, 3],
  [1, 5],
  [1, 7],
  [1, 8],
  [1, 9],
  [5, 0],
  [5, 1],
  [5, 2],
  [136, -1],
  [10, 200],
];

/**
 * Every node may be made, but only these opened. `added`: rules for what `--device` and `--device-cgroup-rule` name;
 * they cannot take away what every container has, as with runc.
 */
export function defaultDeviceRules(added: readonly LinuxDeviceCgroup[] = []): LinuxDeviceCgroup[] {
  return [
    NOTHING,
    ...added,
    { allow: true, type: "c", major: -1, minor: -1, access: "m" },
    { allow: true, type: "b", major: -1, minor: -1, access: "m" },
    ...CHARACTER_DEVICES.map(([major, minor]) => ({ allow: true, type: "c" as const, major, minor, access: "rwm" })),
  ];
}

/** For a privileged container. */
export function allDeviceRules(): LinuxDeviceCgroup[] {
  return [EVERYTHING];
}
