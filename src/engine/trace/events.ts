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

export interface ImageEvent {
  type: "image";
  span?: string;
  at: number;
  action: "build" | "pull" | "load" | "save" | "tag" | "untag" | "delete";
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
  | ImageEvent
  | ContainerEvent
  | LayerReadEvent;

/** Where the engine reports; it knows nothing of who listens. */
export type TraceSink = (event: TraceEvent) => void;
