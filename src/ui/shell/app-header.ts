import { css, html, nothing } from "lit";
import { fractionOf, type LoadState } from "../stores/load-store.js";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";
import { keyboardIcon, logo, moonIcon, sunIcon, systemIcon } from "../theme/icons.js";
import { chooseTheme, type ThemeChoice, themeChoice } from "../theme/theme.js";

const NEXT_THEME: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const THEME_ICON = { system: systemIcon, light: sunIcon, dark: moonIcon };

/** Name, project, how the machine is, theme and keyboard help. Fires `help`. */
export class AppHeader extends ModelElement {
  static override styles = [
    controls,
    css`
      :host {
        align-items: center;
        background: var(--surface);
        border-bottom: 1px solid var(--border);
        display: flex;
        gap: 10px;
        height: 48px;
        padding: 0 12px 0 14px;
      }
      h1 {
        font-size: 16px;
        font-weight: 650;
        letter-spacing: -0.01em;
        margin: 0;
      }
      .project {
        border-left: 1px solid var(--border);
        color: var(--ink-2);
        overflow: hidden;
        padding-left: 10px;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .status {
        align-items: center;
        color: var(--ink-2);
        display: inline-flex;
        font-size: 13px;
        gap: 7px;
        margin-left: auto;
        min-width: 0;
        white-space: nowrap;
      }
      .dot {
        background: var(--dot);
        border-radius: 50%;
        flex: none;
        height: 8px;
        width: 8px;
      }
      @media (prefers-reduced-motion: no-preference) {
        .loading .dot {
          animation: breathe 1.2s ease-in-out infinite alternate;
        }
      }
      @keyframes breathe {
        from {
          opacity: 0.35;
        }
      }
      button {
        padding: 0;
        width: 34px;
        height: 34px;
      }
      @media (max-width: 860px) {
        .keys {
          display: none;
        }
      }
      @media (pointer: coarse) {
        button {
          height: 40px;
          width: 40px;
        }
      }
    `,
  ];

  protected override watched() {
    return [this.model.load, this.model.project, themeChoice];
  }

  override render() {
    const { tone, dot, text } = statusOf(this.model.load.value);
    const theme = themeChoice.value;
    return html`
      ${logo}
      <h1>Drydock</h1>
      <span class="project">${this.model.project.value.title}</span>
      <span class="status ${tone}" role="status" style="--dot: var(${dot})"><i class="dot"></i>${text}${percent(this.model.load.value)}</span>
      <button class="keys" title="Keyboard" aria-label="Keyboard shortcuts"
        @click=${() => this.dispatchEvent(new Event("help"))}>${keyboardIcon}</button>
      <button title="Theme: ${theme}" aria-label="Theme: ${theme}. Switch to ${NEXT_THEME[theme]}"
        @click=${() => chooseTheme(NEXT_THEME[theme])}>${THEME_ICON[theme]}</button>
    `;
  }
}

/** Of the download, for those who do not see the terminal's place; too much to be read out. */
function percent(state: LoadState) {
  const step = state.phase === "loading" ? state.steps.find((one) => one.state === "active") : undefined;
  const fraction = step && fractionOf(step);
  return fraction ? html`<span class="number" aria-hidden="true">${Math.floor(fraction * 100)} %</span>` : nothing;
}

function statusOf(state: LoadState): { tone: string; dot: string; text: string } {
  switch (state.phase) {
    case "loading":
      return { tone: "loading", dot: "--ballast", text: "Starting" };
    case "ready":
      return { tone: "", dot: "--ok", text: "Running" };
    case "down":
      return state.health.state === "hung"
        ? { tone: "", dot: "--ballast", text: "Not answering" }
        : { tone: "", dot: "--danger", text: "Stopped" };
    case "failed":
      return { tone: "", dot: "--danger", text: "Did not start" };
  }
}

customElements.define("drydock-header", AppHeader);
