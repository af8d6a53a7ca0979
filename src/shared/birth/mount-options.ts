/** Mount options as `mount(8)` and the OCI runtime spec write them, turned into the kernel's flags and data. */
import {
  MS_BIND,
  MS_DIRSYNC,
  MS_MANDLOCK,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
  MS_SHARED,
  MS_SILENT,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_SYNCHRONOUS,
  MS_UNBINDABLE,
} from "../linux/constants.js";

export interface MountOptions {
  flags: number;
  /** Propagation is set by a second call of its own; 0 for none. */
  propagation: number;
  /** What is left over, for the file system itself. */
  data: string;
}

type Effect = { set: number } | { clear: number } | { propagation: number };

const effects: Record<string, Effect> = {
  defaults: { set: 0 },
  ro: { set: MS_RDONLY },
  rw: { clear: MS_RDONLY },
  nosuid: { set: MS_NOSUID },
  suid: { clear: MS_NOSUID },
  nodev: { set: MS_NODEV },
  dev: { clear: MS_NODEV },
  noexec: { set: MS_NOEXEC },
  exec: { clear: MS_NOEXEC },
  sync: { set: MS_SYNCHRONOUS },
  async: { clear: MS_SYNCHRONOUS },
  dirsync: { set: MS_DIRSYNC },
  remount: { set: MS_REMOUNT },
  mand: { set: MS_MANDLOCK },
  nomand: { clear: MS_MANDLOCK },
  noatime: { set: MS_NOATIME },
  atime: { clear: MS_NOATIME },
  nodiratime: { set: MS_NODIRATIME },
  diratime: { clear: MS_NODIRATIME },
  relatime: { set: MS_RELATIME },
  norelatime: { clear: MS_RELATIME },
  strictatime: { set: MS_STRICTATIME },
  nostrictatime: { clear: MS_STRICTATIME },
  silent: { set: MS_SILENT },
  loud: { clear: MS_SILENT },
  bind: { set: MS_BIND },
  rbind: { set: MS_BIND | MS_REC },
  private: { propagation: MS_PRIVATE },
  rprivate: { propagation: MS_PRIVATE | MS_REC },
  slave: { propagation: MS_SLAVE },
  rslave: { propagation: MS_SLAVE | MS_REC },
  shared: { propagation: MS_SHARED },
  rshared: { propagation: MS_SHARED | MS_REC },
  unbindable: { propagation: MS_UNBINDABLE },
  runbindable: { propagation: MS_UNBINDABLE | MS_REC },
};

export function parseMountOptions(options: readonly string[]): MountOptions {
  const parsed: MountOptions = { flags: 0, propagation: 0, data: "" };
  const data: string[] = [];
  for (const option of options) {
    const effect = Object.hasOwn(effects, option) ? effects[option] : undefined;
    if (!effect) data.push(option);
    else if ("set" in effect) parsed.flags |= effect.set;
    else if ("clear" in effect) parsed.flags &= ~effect.clear;
    else parsed.propagation = effect.propagation;
  }
  parsed.data = data.join(",");
  return parsed;
}

/** Flags that a bind mount takes only in a second call, with MS_REMOUNT. */
export const BIND_REMOUNT_FLAGS =
  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME;
