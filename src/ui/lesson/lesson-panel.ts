import { html, LitElement, nothing } from "lit";
import type { LessonPage, LessonStep } from "../../lessons/lesson.js";
import type { Disposable } from "../../shared/disposable.js";
import { controls } from "../theme/controls.js";
import "./lesson-page.css";
import type { CheckState, LessonStore } from "./lesson-store.js";
import { lessonStyles } from "./lesson-styles.js";
import { renderNodes } from "./render-nodes.js";

/** A lesson beside the machine that it is about: one page at a time, with its check. */
export class LessonPanel extends LitElement {
  static override properties = { store: { attribute: false }, folded: { state: true } };
  static override styles = [controls, lessonStyles];
  declare store: LessonStore;
  /** On a phone, only the bar is left of it. */
  declare folded: boolean;
  #subscription: Disposable | undefined;
  #shown = -1;

  constructor() {
    super();
    this.folded = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#subscription = this.store.onChange(() => this.requestUpdate());
    this.#shown = this.store.value.at;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#subscription?.dispose();
  }

  override render() {
    const { lesson, pages, page } = this.store;
    const { at, trouble } = this.store.value;
    return html`<section aria-label="Lesson" class=${this.folded ? "folded" : ""}>
      <header>
        <h2>${lesson.title}</h2>
        <button class="fold" aria-expanded=${!this.folded} @click=${() => this.#fold()}>
          ${this.folded ? "Show" : "Hide"}</button>
        ${this.#steps()}
      </header>
      <div class="page" tabindex="-1" role="group" aria-labelledby="page-title">
        <h3 id="page-title" class="title">${page?.title ?? "This lesson has no pages."}</h3>
        ${at === 0 ? lesson.lacks.map(({ message }) => html`<p class="lack">${message}.</p>`) : nothing}
        ${page?.lacks.map(({ message }) => html`<p class="lack">Of this page, something will not work: ${message}.</p>`)}
        ${trouble ? html`<p class="lack" role="alert">${trouble}</p>` : nothing}
        ${page ? renderNodes(page.text, this.store) : nothing}
        ${page ? this.#hint(page) : nothing}
        ${page && "verify" in page && page.verify ? this.#check(this.store.value.checks[at]) : nothing}
      </div>
      <footer>
        <button class="outlined" ?disabled=${at === 0} @click=${() => this.store.go(at - 1)}>Back</button>
        <span class="quiet">${at + 1} of ${pages.length}</span>
        <button class="primary" ?disabled=${at >= pages.length - 1} @click=${() => this.store.go(at + 1)}>Next</button>
      </footer>
    </section>`;
  }

  /** A new page is read from its top. */
  override updated(): void {
    if (this.#shown === this.store.value.at) return;
    this.#shown = this.store.value.at;
    const page = this.renderRoot.querySelector<HTMLElement>(".page");
    page?.scrollTo(0, 0);
    page?.focus();
  }

  #steps() {
    const { pages } = this.store;
    const { at, checks } = this.store.value;
    return html`<nav aria-label="Pages of the lesson"><ol>
      ${pages.map(({ title }, index) => {
        const passed = checks[index]?.state === "passed";
        return html`<li><button class=${passed ? "passed" : ""} aria-current=${index === at ? "step" : "false"} title=${title}
          aria-label="${index + 1}: ${title}${passed ? ", done" : ""}" @click=${() => this.store.go(index)}
          >${passed ? "✓" : index + 1}</button></li>`;
      })}
    </ol></nav>`;
  }

  #hint(page: LessonPage | LessonStep) {
    if (!("hint" in page) || !page.hint) return nothing;
    const hint = renderNodes(page.hint, this.store);
    return html`<details class="hint"><summary>A hint</summary>${hint}</details>`;
  }

  #check(check: CheckState | undefined) {
    const checking = check?.state === "checking";
    return html`<div class="check">
      <button class="outlined" aria-disabled=${checking} @click=${() => void this.store.check()}>
        ${checking ? "Checking …" : "Check"}</button>
      <p role="status" class=${check?.state ?? ""}>${saidBy(check)}</p>
    </div>`;
  }

  #fold(): void {
    this.folded = !this.folded;
    this.toggleAttribute("folded", this.folded);
  }
}

function saidBy(check: CheckState | undefined): string {
  if (check?.state === "failed") return check.reason;
  return check?.state === "passed" ? "Done. That is as it should be." : "";
}

customElements.define("drydock-lesson", LessonPanel);
