/** What just happened, in one plain sentence. */
import type { LayerReport, StepEvent } from "../../session/client.js";
import { formatBytes } from "../format/bytes.js";

/** The part of a vessel that a kernel step makes or changes. */
export type Part = "walls" | "stack" | "root" | "gauges" | "confinement" | "process";

interface Meaning {
  part: Part;
  sentence: string;
}

/** By the call, and what its detail must match. The first that fits counts. */
const MEANINGS: [call: RegExp, detail: RegExp, meaning: Meaning][] = [
  [
    /^(clone3?|vfork)$/,
    /./,
    { part: "walls", sentence: "a process was born in namespaces of its own: to itself it is process 1." },
  ],
  [/^unshare$/, /./, { part: "walls", sentence: "the process left a namespace of the guest for one of its own." }],
  [/^setns$/, /./, { part: "walls", sentence: "the process went into a namespace that was there already." }],
  [/^mount$/, /overlay/, { part: "stack", sentence: "overlayfs laid an empty, writable layer on the image's layers." }],
  [/^mount$/, /^proc/, { part: "process", sentence: "a new /proc shows only the processes of this container." }],
  [
    /^pivot_root$/,
    /./,
    { part: "root", sentence: "the stack of layers became the root directory; the guest's is out of reach." },
  ],
  [
    /^write$/,
    /memory\.(max|high|swap)/,
    { part: "gauges", sentence: "the cgroup got its memory limit: more than that is killed or swapped." },
  ],
  [/^write$/, /pids\.max/, { part: "gauges", sentence: "the cgroup got its limit of processes." }],
  [/^write$/, /cpu\.(max|weight)/, { part: "gauges", sentence: "the cgroup got its share of the processor." }],
  [/^write$/, /cgroup\.kill/, { part: "process", sentence: "the kernel was asked to kill everything in the cgroup." }],
  [
    /^mkdir$/,
    /cgroup/,
    { part: "gauges", sentence: "a directory in the cgroup tree: from now on its use is counted." },
  ],
  [
    /^(prctl|capset)$/,
    /./,
    { part: "confinement", sentence: "root's powers were cut down to the container's capabilities." },
  ],
  [
    /^seccomp$/,
    /./,
    { part: "confinement", sentence: "a filter on system calls was put in place, and can never be taken off." },
  ],
  [/^execve(at)?$/, /./, { part: "process", sentence: "the process became the image's program." }],
];

/** Undefined for steps that need no word. */
export function meaningOf({ call, detail, error }: Pick<StepEvent, "call" | "detail" | "error">): Meaning | undefined {
  if (error) return undefined;
  return MEANINGS.find(([calls, details]) => calls.test(call) && details.test(detail))?.[2];
}

/** What an image's build came to, if there is something to be learnt of it. */
export function lessonOf(reports: readonly LayerReport[]): string | undefined {
  const heaviest = reports.reduce<LayerReport | undefined>(
    (most, report) => (report.hiddenBytes > (most?.hiddenBytes ?? 0) ? report : most),
    undefined,
  );
  if (!heaviest) return undefined;
  const hidden = heaviest.changes.find(({ hidden, size }) => hidden && size > 0);
  const hider = hidden?.hiddenBy === undefined ? undefined : reports[hidden.hiddenBy];
  const bytes = formatBytes(heaviest.hiddenBytes);
  if (!hidden || !hider) return `${bytes} in a lower layer are hidden by later ones, and shipped all the same.`;
  const deleted = hider.changes.some(({ action, path }) => action === "deleted" && path === hidden.path);
  return deleted
    ? `Deleting ${hidden.path} wrote a whiteout of 0 bytes into a new layer: the ${bytes} below are still there, and are shipped.`
    : `${hidden.path} was replaced in a new layer: the ${bytes} of its old self are still below, and are shipped.`;
}
