import { css, html, LitElement } from "lit";
import { controls } from "../theme/controls.js";

export interface Tab {
  id: string;
  label: string;
  icon?: unknown;
  /** A few characters, such as a count. */
  badge?: string;
}

/** ARIA tabs: arrow keys, Home and End move; `tab-select` (detail: id) tells. The panels are elsewhere. */
export class TabList extends LitElement {
  static override properties = {
    tabs: { attribute: false },
    selected: {},
    label: {},
    placement: { reflect: true },
  };
  declare tabs: readonly Tab[];
  declare selected: string;
  declare label: string;
  /** `top`: a line of words; `bottom`: a phone's bar of icons over words. */
  declare placement: "top" | "bottom";

  static override styles = [
    controls,
    css`
      [role="tablist"] {
        display: flex;
        height: 100%;
      }
      button {
        border: 0;
        border-radius: 0;
        color: var(--ink-2);
        min-height: 0;
        padding: 0 14px;
        position: relative;
        white-space: nowrap;
      }
      button[aria-selected="true"] {
        color: var(--ink);
        font-weight: 600;
      }
      button[aria-selected="true"]::after {
        background: var(--accent);
        bottom: 0;
        content: "";
        height: 2px;
        left: 10px;
        position: absolute;
        right: 10px;
      }
      button:focus-visible {
        outline-offset: -3px;
      }
      /* Bold text is wider: its width is reserved, so that tabs stay where they are. */
      .word {
        display: inline-grid;
      }
      .word::after {
        content: attr(data-text);
        font-weight: 600;
        height: 0;
        visibility: hidden;
      }
      .badge {
        background: var(--track);
        border-radius: 9px;
        color: var(--ink);
        font-size: 11.5px;
        font-weight: 600;
        line-height: 18px;
        min-width: 18px;
        padding: 0 5px;
      }
      :host([placement="bottom"]) button {
        /* Six of them beside each other at 360 pixels: each as wide as its word. */
        flex: 1 1 auto;
        flex-direction: column;
        font-size: 11px;
        gap: 2px;
        min-width: 0;
        padding: 0;
      }
      :host([placement="bottom"]) button[aria-selected="true"] {
        color: var(--accent);
      }
      :host([placement="bottom"]) button[aria-selected="true"]::after {
        bottom: auto;
        left: 22%;
        right: 22%;
        top: 0;
      }
      :host([placement="bottom"]) .badge {
        position: absolute;
        left: calc(50% + 5px);
        top: 4px;
      }
      :host([placement="top"]) svg {
        display: none;
      }
    `,
  ];

  constructor() {
    super();
    this.tabs = [];
    this.selected = "";
    this.label = "";
    this.placement = "top";
  }

  override render() {
    return html`<div role="tablist" aria-label=${this.label} @keydown=${this.#onKey}>
      ${this.tabs.map(({ id, label, icon, badge }) => {
        const selected = id === this.selected;
        return html`<button role="tab" id="tab-${id}" aria-selected=${selected} tabindex=${selected ? 0 : -1}
          @click=${() => this.#select(id)}>${icon}<span class="word" data-text=${label}>${label}</span>${
            badge ? html`<span class="badge">${badge}</span>` : ""
          }</button>`;
      })}
    </div>`;
  }

  #onKey(event: KeyboardEvent): void {
    const from = this.tabs.findIndex((tab) => tab.id === this.selected);
    const count = this.tabs.length;
    const to = { ArrowRight: from + 1, ArrowLeft: from - 1 + count, Home: 0, End: count - 1 }[event.key];
    const tab = to === undefined ? undefined : this.tabs[to % count];
    if (!tab) return;
    event.preventDefault();
    this.#select(tab.id);
    this.renderRoot.querySelector<HTMLElement>(`#tab-${CSS.escape(tab.id)}`)?.focus();
  }

  #select(id: string): void {
    this.dispatchEvent(new CustomEvent("tab-select", { detail: id }));
  }
}

customElements.define("drydock-tabs", TabList);
