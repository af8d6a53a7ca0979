/**
 * The trace: one stream of typed events from everything that the engine, the builder and the agent do. The views are
 * pure functions of it, so they can be live, replayed or read from a file. Times are milliseconds since 1970,
 * durations milliseconds, both fractional.
 */
import type { KernelStep } from "../../protocol/commands.js";
import type { DiffID, ImageID, ManifestDigest } from "../../shared/oci/digest.js";

export type SpanKind = "build" | "stage" | "instruction" | "pull" | "container" | "exec";

export interface SpanStart {
  type: "span-start";
  span: string;
  parent?: string;
  kind: SpanKind;
  /** What is done, in the user's words: an instruction, an image, a container's name. */
  title: string;
  at: number;
  /** instruction: 1-based number and count within its build, and source lines. */
  step?: { number: number; total: number; firstLine: number; lastLine: number };
}

export interface SpanEnd {
  type: "span-end";
  span: string;
  at: number;
  outcome: "done" | "cached" | "failed" | "cancelled";
  /** The error's text for `failed`. */
  message?: string;
}

/** A kernel step inside a span. */
export interface StepEvent extends KernelStep {
  type: "step";
  span: string;
  at: number;
}

/** A line of output or progress of a span. */
export interface OutputEvent {
  type: "output";
  span: string;
  at: number;
  stream: "stdout" | "stderr" | "progress";
  text: string;
}

export interface LayerEvent {
  type: "layer";
  span: string;
  at: number;
  diffID: DiffID;
  /** Position in its image, from 0. */
  index: number;
}

/** Whether a build's step was in the cache, and the first cause. */
export interface CacheEvent {
  type: "cache";
  span: string;
  at: number;
  cause: CacheCause;
  /** As it is printed. */
  text: string;
}

export type CacheCause =
  /** It was there. */
  | { kind: "unchanged" }
  /** The build did not want it. */
  | { kind: "off" }
  | { kind: "new" }
  /** The same was built before, and has been removed. */
  | { kind: "gone" }
  /** What the stage begins from is another. */
  | { kind: "base" }
  /** Other instructions come before it. */
  | { kind: "order" }
  /** The first step of the stage that was done again. */
  | { kind: "parent"; step: string }
  /** Another instruction stood in its place. */
  | { kind: "instruction"; before: string }
  /** RUN: `command`, `user`, `working directory`, `mounts`. */
  | { kind: "setting"; name: string }
  | { kind: "variable"; name: string; before?: string; now?: string }
  /** The first file that is copied or mounted, where it comes to be, and how many others. */
  | { kind: "file"; path: string; change: string; more: number };

/** What a check of a build's Dockerfile found. */
export interface WarningEvent {
  type: "warning";
  span: string;
  at: number;
  /** As it is printed. */
  text: string;
  /** The check's name. */
  rule: string;
  /** Lines of the Dockerfile. */
  firstLine: number;
  lastLine: number;
}

export interface ImageEvent {
  type: "image";
  span?: string;
  at: number;
  action: "build" | "create" | "pull" | "load" | "save" | "tag" | "untag" | "delete";
  imageID: ImageID;
  manifest?: ManifestDigest;
  /** `name:tag`, where one is set or removed. */
  reference?: string;
}

export interface ContainerEvent {
  type: "container";
  at: number;
  action:
    | "attach"
    | "create"
    | "destroy"
    | "detach"
    | "die"
    | "kill"
    | "oom"
    | "pause"
    | "rename"
    | "resize"
    | "restart"
    | "start"
    | "stop"
    | "unpause";
  container: string;
  name: string;
  image: string;
  exitCode?: number;
}

/** A file of a layer was read by the guest for the first time. */
export interface LayerReadEvent {
  type: "layer-read";
  at: number;
  layer: string;
  path: string;
}

export type TraceEvent =
  | SpanStart
  | SpanEnd
  | StepEvent
  | OutputEvent
  | LayerEvent
  | CacheEvent
  | WarningEvent
  | ImageEvent
  | ContainerEvent
  | LayerReadEvent;

/** Where the engine reports; it knows nothing of who listens. */
export type TraceSink = (event: TraceEvent) => void;
