/**
 * A lesson, as a scenario folder in the format of Killercoda and Katacoda gives it.
 *
 * Words. A *scenario folder* holds `index.json`, Markdown and scripts. A *step* is one page of text with what is to be
 * done; its *verify* script tells by its exit status whether it has been done, its *solution* does it. A *foreground*
 * script is run where the learner sees it, a *background* script where not. An *asset* is a file that the machine gets
 * before the lesson starts. A *lack* is what a step needs and this machine has not.
 */
import type { LessonNode } from "./markdown/nodes.js";

/** Where something is said: `line` and `column` count from 1. */
export interface Place {
  /** Path in the scenario folder. */
  file: string;
  line?: number;
  column?: number;
}

/** What is wrong with a folder, and where. The lesson is what could be read in spite of it. */
export interface LessonWarning extends Place {
  message: string;
}

export type LackKind = "cluster" | "internet" | "image" | "program" | "ports";

export interface Lack extends Place {
  kind: LackKind;
  /** A sentence without its full stop, for the learner. */
  message: string;
}

export interface LessonScript {
  file: string;
  text: string;
}

export interface LessonPage {
  /** The Markdown file; "" where there is none. */
  file: string;
  title: string;
  text: LessonNode[];
  foreground?: LessonScript;
  background?: LessonScript;
  lacks: Lack[];
}

export interface LessonStep extends LessonPage {
  verify?: LessonScript;
  hint?: LessonNode[];
  /** A script of the folder; or, of a solution in Markdown, the commands that it has the reader run. */
  solution?: LessonScript;
}

export interface LessonAsset {
  /** Path in the scenario folder. */
  file: string;
  bytes: Uint8Array;
  /** Absolute path in the guest. */
  target: string;
  /** As chmod takes it, such as "+x" or "0755". */
  chmod?: string;
}

export interface Lesson {
  title: string;
  description: string;
  difficulty?: string;
  time?: string;
  /** `backend.imageid`: the machine that the author had in mind. */
  imageId?: string;
  intro?: LessonPage;
  steps: LessonStep[];
  finish?: LessonPage;
  assets: LessonAsset[];
  /** What the whole lesson lacks. */
  lacks: Lack[];
  warnings: LessonWarning[];
}

/** Scenario folders in the order in which they are to be read. */
export interface Course {
  title: string;
  description: string;
  items: { path: string; title?: string; description?: string }[];
  warnings: LessonWarning[];
}

/** Files by path, `/`-separated, relative to their folder. */
export type FolderFiles = ReadonlyMap<string, Uint8Array>;
