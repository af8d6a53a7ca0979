/** Where the learner is in a lesson, and what the checks have said. */
import { assetScript } from "../../lessons/assets.js";
import type { Lesson, LessonPage, LessonScript, LessonStep } from "../../lessons/lesson.js";
import type { CodeAction } from "../../lessons/markdown/nodes.js";
import type { ScriptResult, Session } from "../../session/client.js";
import { Store } from "../stores/store.js";
import type { FetchedLesson } from "./fetch-lesson.js";

export type CheckState =
  | { state: "checking" }
  | { state: "passed" }
  /** In the words of the lesson's author, or why there are none. */
  | { state: "failed"; reason: string };

export interface LessonState {
  /** Of `pages`. */
  at: number;
  /** By page. */
  checks: Readonly<Record<number, CheckState>>;
  /** What could not be made ready for a page. */
  trouble?: string;
}

const CHECK_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 300_000;

export class LessonStore extends Store<LessonState> {
  readonly lesson: Lesson;
  /** URL that the paths of pictures are taken from. */
  readonly folder: string;
  readonly pages: readonly (LessonPage | LessonStep)[];
  readonly #begun = new Set<number>();

  constructor(
    fetched: FetchedLesson,
    readonly session: Session,
    at = 0,
  ) {
    const { lesson, folder } = fetched;
    const pages = [lesson.intro, ...lesson.steps, lesson.finish].filter((page) => page !== undefined);
    super({ at: Math.min(at, Math.max(0, pages.length - 1)), checks: {} });
    this.lesson = lesson;
    this.folder = folder;
    this.pages = pages;
  }

  get page(): LessonPage | LessonStep | undefined {
    return this.pages[this.value.at];
  }

  /** Once the machine runs: puts the assets in place, then begins the page. */
  async begin(): Promise<void> {
    for (const asset of this.lesson.assets) {
      const { script, name, stdin } = assetScript(asset);
      await this.#run({ file: name, text: script }, stdin);
    }
    await this.#beginPage();
  }

  go(to: number): void {
    if (!this.pages[to]) return;
    this.update((now) => ({ ...now, at: to, trouble: undefined }));
    void this.#beginPage();
  }

  async check(): Promise<void> {
    const { page } = this;
    const { at } = this.value;
    if (!page || !("verify" in page) || !page.verify || this.value.checks[at]?.state === "checking") return;
    this.#setCheck(at, { state: "checking" });
    this.#setCheck(at, await this.#verify(page.verify));
  }

  /** Does what a piece of code is pressed for. */
  act(action: CodeAction, code: string): void {
    if (action.kind === "copy" || action.kind === "write") void navigator.clipboard.writeText(code);
    else if (action.kind === "execute") this.session.terminal.write(typed(code, action.interrupt));
  }

  async #verify({ file, text }: LessonScript): Promise<CheckState> {
    try {
      const result = await this.session.runScript(text, { name: file, timeoutMs: CHECK_TIMEOUT_MS });
      return stateOf(result);
    } catch (error) {
      return { state: "failed", reason: `The check could not be run: ${(error as Error).message}` };
    }
  }

  /** A page's scripts are run once, when it is first shown. */
  async #beginPage(): Promise<void> {
    const { at } = this.value;
    if (this.#begun.has(at)) return;
    this.#begun.add(at);
    const { background, foreground } = this.page ?? {};
    for (const script of [background, foreground]) if (script) await this.#run(script);
  }

  async #run({ file, text }: LessonScript, stdin?: Uint8Array): Promise<void> {
    const result = await this.session
      .runScript(text, { name: file, timeoutMs: START_TIMEOUT_MS, stdin })
      .catch((error: Error) => ({ status: 1, output: error.message, timedOut: false }));
    if (result.status === 0) return;
    const why = result.timedOut ? `it had not ended after ${START_TIMEOUT_MS / 1000} s` : result.output.trim();
    this.update((now) => ({ ...now, trouble: `${file} could not make this page ready: ${why}` }));
  }

  #setCheck(at: number, check: CheckState): void {
    this.update((now) => ({ ...now, checks: { ...now.checks, [at]: check } }));
  }
}

function stateOf({ status, output, timedOut }: ScriptResult): CheckState {
  if (timedOut)
    return {
      state: "failed",
      reason: `The check had not ended after ${CHECK_TIMEOUT_MS / 1000} seconds, and was stopped.`,
    };
  if (status === 0) return { state: "passed" };
  return { state: "failed", reason: output.trim() || "Not yet. This check does not say what is missing." };
}

/** As a terminal sends it: Enter is a carriage return, Ctrl+C stops what runs. */
function typed(code: string, interrupt: boolean): string {
  return `${interrupt ? "\x03" : ""}${code.trimEnd().replaceAll("\n", "\r")}\r`;
}
