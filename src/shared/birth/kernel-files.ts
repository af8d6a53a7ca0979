/** Reading nothing, writing once: how the kernel's own small files are set. */
import type { Argument, CallFailure, CallList, SlotValue } from "../calls/call-list.js";
import { AT_FDCWD, O_CLOEXEC, O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } from "../linux/constants.js";
import { pathLength } from "../text/path-bytes.js";

export interface WriteOptions {
  /** Open directory that `path` is relative to. */
  directory?: Argument;
  /** Arguments of the step `write`; not told when left out. */
  step?: string;
  /** A new file with these permissions, in place of what is there. */
  create?: number;
  /** False in a process that closes all its descriptors soon. */
  close: boolean;
  /** Where its descriptor is meanwhile; 0 when it is closed. */
  fd?: SlotValue;
}

/** Opens, writes once, closes. */
export function writeFile(list: CallList, path: string, text: string, options: WriteOptions): void {
  const { directory = AT_FDCWD, step, create, close, fd = list.slot() } = options;
  const flags = O_WRONLY | O_CLOEXEC | (create === undefined ? 0 : O_CREAT | O_TRUNC | O_NOFOLLOW);
  const failure = (errno: string): CallFailure => ({ code: "system", message: `write ${step ?? path}: ${errno}` });
  list.call("openat", [directory, list.text(path), flags, create ?? 0], { into: fd, failure });
  list.call("write", [fd, list.text(text), pathLength(text)], { step, failure });
  if (close) list.call("close", [fd], { into: fd });
}
