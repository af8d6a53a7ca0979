import { css, html, nothing } from "lit";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";

/** What the machine says, such as what is full and what to do, until it is dismissed. */
export class MessageBar extends ModelElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      .messages {
        align-items: center;
        background: var(--raised);
        border-bottom: 1px solid var(--border);
        border-left: 4px solid var(--ballast);
        display: flex;
        gap: 12px;
        padding: 4px 12px 4px 10px;
      }
      .lines {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected override watched() {
    return [this.model.messages];
  }

  override render() {
    const lines = this.model.messages.value;
    return html`<div role="status" aria-label="Machine">${
      lines.length === 0
        ? nothing
        : html`<div class="messages">
            <div class="lines">${lines.map((line) => html`<p>${line.charAt(0).toUpperCase() + line.slice(1)}</p>`)}</div>
            <button class="outlined" @click=${() => this.model.messages.dismiss()}>Dismiss</button>
          </div>`
    }</div>`;
  }
}

customElements.define("drydock-messages", MessageBar);
