import { css, html, nothing } from "lit";
import type { SessionStartCode } from "../../session/client.js";
import { formatBytes } from "../format/bytes.js";
import { fractionOf, type LoadState, type LoadStep, msLeft } from "../stores/load-store.js";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";

/** What to do next, by why the session did not start. */
const NEXT: Record<SessionStartCode, string> = {
  "vm-missing": "Make it with “npx drydock image”, or start the page with “npm start”, which makes what is missing.",
  "vm-unreadable": "Check the connection to the server and try again.",
  "project-unreadable": "Check the files below projects/ on the server and try again.",
  "machine-failed": "Try again. If it fails every time, make the machine anew with “npx drydock image”.",
  "worker-failed": "Reload the page. A browser with WebAssembly and module workers is needed.",
};

const TITLE: Record<SessionStartCode, string> = {
  "vm-missing": "The machine’s image is not on the server",
  "vm-unreadable": "The machine’s image could not be read",
  "project-unreadable": "The project could not be read",
  "machine-failed": "The machine did not start",
  "worker-failed": "The machine’s worker did not start",
};

const ESTIMATE_MS = 1000;

/** Lies over the terminal while there is nothing to type into: loading step by step, or what went wrong. */
export class StartNotice extends ModelElement {
  static override styles = [
    controls,
    css`
      :host {
        background: var(--surface);
        display: grid;
        /* Below the terminal's own bar. */
        inset: 34px 0 0;
        overflow: auto;
        padding: 20px;
        place-items: center;
        position: absolute;
      }
      :host([gone]) {
        display: none;
      }
      /* What the terminal last showed stays in sight. */
      :host([down]) {
        border-top: 1px solid var(--border-strong);
        box-shadow: 0 -6px 18px var(--shadow);
        place-items: start;
        top: auto;
      }
      ol {
        display: grid;
        gap: 14px;
        list-style: none;
        width: min(360px, 100%);
      }
      li {
        display: grid;
        gap: 5px 12px;
        grid-template-columns: 1fr auto;
      }
      li.pending {
        color: var(--ink-2);
      }
      .bar {
        background: var(--track);
        border-radius: 2px;
        grid-column: 1 / -1;
        height: 4px;
        overflow: hidden;
      }
      .fill {
        background: var(--accent);
        height: 100%;
        transform-origin: left;
        transition: transform 0.2s linear;
        width: 100%;
      }
      .unmeasured {
        opacity: 0.5;
      }
      @media (prefers-reduced-motion: no-preference) {
        .unmeasured {
          animation: sweep 1.1s ease-in-out infinite;
          opacity: 1;
          width: 30%;
        }
      }
      @keyframes sweep {
        from {
          transform: translateX(-100%);
        }
        to {
          transform: translateX(340%);
        }
      }
      .problem {
        display: grid;
        gap: 10px;
        justify-items: start;
        max-width: 52ch;
      }
      h2 {
        font-size: 16px;
      }
      code {
        color: var(--ink-2);
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected override watched() {
    return [this.model.load];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // An estimate of a download that stands still must not.
    const timer = setInterval(() => this.requestUpdate(), ESTIMATE_MS);
    this.hold({ dispose: () => clearInterval(timer) });
    void this.model.session.ready.catch(() => {}).then(() => clearInterval(timer));
  }

  override updated(): void {
    const { phase } = this.model.load.value;
    this.toggleAttribute("gone", phase === "ready");
    this.toggleAttribute("down", phase === "down");
  }

  override render() {
    const state = this.model.load.value;
    if (state.phase === "ready") return nothing;
    if (state.phase === "loading") return loading(state.steps);
    const { title, message, next, action } = problem(state);
    return html`<div class="problem" role="alert">
      <h2>${title}</h2>
      <p>${next}</p>
      <code>${message}</code>
      <button class="primary" @click=${() => this.model.restart()}>${action}</button>
    </div>`;
  }
}

function loading(steps: readonly LoadStep[]) {
  return html`<ol aria-label="Starting the machine" aria-busy="true">
    ${steps.map((step) => {
      const fraction = step.state === "done" ? 1 : step.state === "pending" ? 0 : fractionOf(step);
      return html`<li class=${step.state}>
        <span>${step.label}</span>
        <span class="number quiet">${amount(step)}</span>
        <div class="bar">${
          fraction === null
            ? html`<div class="fill unmeasured"></div>`
            : html`<div class="fill" style="transform: scaleX(${fraction})"></div>`
        }</div>
      </li>`;
    })}
  </ol>`;
}

function amount(step: LoadStep): string {
  const { state, loadedBytes, totalBytes } = step;
  if (totalBytes !== undefined && loadedBytes !== undefined) {
    if (state === "done") return formatBytes(totalBytes);
    const left = msLeft(step);
    const time = left === undefined ? "" : `, ${Math.ceil(left / 1000)} s left`;
    return `${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)}${time}`;
  }
  return state === "done" ? "done" : elapsed(step);
}

/** Where nothing tells how far it is, at least that it goes on. */
function elapsed({ startedAt }: LoadStep): string {
  const seconds = startedAt === undefined ? 0 : Math.floor((performance.now() - startedAt) / 1000);
  return seconds > 0 ? `${seconds} s` : "";
}

function problem(state: Extract<LoadState, { phase: "failed" | "down" }>) {
  if (state.phase === "failed") {
    return { title: TITLE[state.code], message: state.message, next: NEXT[state.code], action: "Try again" };
  }
  const hung = state.health.state === "hung";
  return {
    title: hung ? "The machine does not answer" : "The machine has stopped",
    message: state.health.message,
    next: hung
      ? "It may come back by itself. Restarting keeps the files of the workspace; images and containers are lost."
      : "Restarting keeps the files of the workspace; images and containers are lost.",
    action: "Restart",
  };
}

customElements.define("drydock-start-notice", StartNotice);
