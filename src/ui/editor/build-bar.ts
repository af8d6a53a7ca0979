import { css, html, nothing } from "lit";
import { formatDuration } from "../format/time.js";
import { type BuildState, isUnderWay } from "../stores/build-store.js";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";

/** A step may take long: that it goes on is seen. */
const ELAPSED_MS = 1000;

/** The Build button, how the build goes, how it went, and what it printed. */
export class BuildBar extends ModelElement {
  static override styles = [
    controls,
    css`
      :host {
        background: var(--raised);
        border-top: 1px solid var(--border);
        display: block;
        position: relative;
      }
      .bar {
        align-items: center;
        display: flex;
        gap: 12px;
        min-height: 46px;
        padding: 6px 12px;
      }
      /* Build and Cancel take the same place. */
      .action {
        min-width: 84px;
      }
      .outcome {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .done {
        color: var(--ok);
      }
      .failed,
      .cancelled {
        color: var(--danger);
      }
      .progress {
        background: var(--track);
        height: 2px;
        left: 0;
        position: absolute;
        right: 0;
        top: -1px;
      }
      .progress i {
        background: var(--accent);
        display: block;
        height: 100%;
        transition: width 0.2s;
      }
      pre {
        background: var(--surface);
        border-top: 1px solid var(--border-strong);
        bottom: 100%;
        box-shadow: 0 -6px 18px var(--shadow);
        font: 12.5px / 1.5 var(--mono);
        left: 0;
        margin: 0;
        max-height: min(300px, 40dvh);
        overflow: auto;
        overflow-wrap: anywhere;
        padding: 10px 14px;
        position: absolute;
        right: 0;
        white-space: pre-wrap;
        z-index: 5;
      }
    `,
  ];

  #logOpen = false;

  protected override watched() {
    return [this.model.build, this.model.load, this.model.project];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const timer = setInterval(() => this.model.build.value.phase === "running" && this.requestUpdate(), ELAPSED_MS);
    this.hold({ dispose: () => clearInterval(timer) });
  }

  override render() {
    const state = this.model.build.value;
    const running = state.phase === "running";
    const output = "output" in state ? state.output : "";
    return html`
      ${running ? html`<div class="progress" aria-hidden="true"><i style="width: ${shareDone(state) * 100}%"></i></div>` : nothing}
      ${this.#logOpen ? html`<pre tabindex="0" aria-label="Build log">${output || "Nothing printed yet."}</pre>` : nothing}
      <div class="bar">
        ${this.#action(state)}
        <span class="outcome number ${state.phase}" role="status" title=${state.phase === "failed" ? lastLine(state.output) : nothing}>${this.#outcome(state)}</span>
        ${state.phase === "running" ? html`<span class="quiet number" aria-hidden="true">${elapsed(state.startedAt)}</span>` : nothing}
        <button aria-expanded=${this.#logOpen} ?disabled=${!("output" in state)} @click=${this.#toggleLog}>Log</button>
      </div>`;
  }

  /** One button for both, so that the keyboard's focus stays. */
  #action(state: BuildState) {
    const { build, load, project } = this.model;
    if (isUnderWay(state)) return this.#button("outlined", true, () => build.cancel(), "Cancel");
    const { phase } = load.value;
    const usable = (phase === "ready" || phase === "loading") && project.value.tag !== "";
    return this.#button("primary", usable, () => void this.model.startBuild(), "Build");
  }

  #button(look: string, usable: boolean, act: () => void, label: string) {
    return html`<button class="action ${look}" ?disabled=${!usable} @click=${act}>${label}</button>`;
  }

  #outcome(state: BuildState) {
    const { tag } = this.model.project.value;
    switch (state.phase) {
      case "idle":
        return tag === "" ? nothing : html`<code class="quiet">docker build -t ${tag} .</code>`;
      case "waiting":
        return "Builds as soon as the machine runs";
      case "running":
        return state.step ? `Step ${state.step.number} of ${state.step.total}: ${state.step.title}` : "Building";
      case "done":
        return `Built ${tag} in ${formatDuration(state.durationMs)}${cachedText(state.steps)}`;
      case "failed":
        return `Failed after ${formatDuration(state.durationMs)}: ${lastLine(state.output)}`;
      case "cancelled":
        return `Cancelled after ${formatDuration(state.durationMs)}`;
    }
  }

  #toggleLog(): void {
    this.#logOpen = !this.#logOpen;
    this.requestUpdate();
  }

  /** The log's end is what is new. */
  override updated(): void {
    const log = this.renderRoot.querySelector("pre");
    if (log && this.model.build.value.phase === "running") log.scrollTop = log.scrollHeight;
  }
}

function elapsed(startedAt: number): string {
  return `${Math.floor((performance.now() - startedAt) / 1000)} s`;
}

function shareDone(state: BuildState): number {
  if (state.phase !== "running" || !state.step) return 0;
  return (state.step.number - 1) / state.step.total;
}

function cachedText({ total, cached }: { total: number; cached: number }): string {
  if (total === 0) return "";
  const steps = `${total} ${total === 1 ? "step" : "steps"}`;
  return cached === total ? `, ${steps}, all cached` : cached > 0 ? `, ${steps}, ${cached} cached` : `, ${steps}`;
}

function lastLine(output: string): string {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  return line.replace(/^(#\d+ )?ERROR: /, "") || "no reason given";
}

customElements.define("drydock-build", BuildBar);
