/** What a step that makes a layer depends on: its cache key is a digest of it, and a miss is explained by it. */
import type { DiffID } from "../../shared/oci/digest.js";

/** A file that a copy writes: where to, then all that counts of it (type, mode, uid, gid, contents, xattrs). */
export type WrittenFile = [path: string, ...unknown[]];

interface Common {
  /** Layers below; undefined where they do not count. */
  below: readonly DiffID[] | undefined;
  /** Those that are copied, or that a RUN is shown. */
  files: readonly WrittenFile[];
}

export interface RunInputs extends Common {
  kind: "run";
  argv: readonly string[];
  /** `NAME=value` each. */
  environment: readonly string[];
  workingDirectory: string;
  user: string;
  /** Mounts and network. */
  surroundings: unknown[];
}

export interface CopyInputs extends Common {
  kind: "copy";
}

export type StepInputs = RunInputs | CopyInputs;
