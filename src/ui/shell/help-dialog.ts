import { css, html, LitElement } from "lit";
import { screenReaderMode, setScreenReaderMode } from "../terminal/screen-reader-mode.js";
import { controls } from "../theme/controls.js";

const KEYS: [keys: string, what: string][] = [
  ["F6, Shift+F6", "Next or previous panel, from anywhere: also out of the editor and the terminal"],
  ["Ctrl+S", "Write the file now; edits are written by themselves as well"],
  ["Ctrl+M", "In the editor: whether Tab indents or leaves (macOS: Ctrl+Shift+M)"],
  ["Ctrl+Shift+V", "Paste into the terminal (macOS: Cmd+V)"],
  ["Arrow keys", "Walk tabs and steps; right unfolds, left folds; on a divider: move it"],
];

/** Keys of the page. */
export class HelpDialog extends LitElement {
  static override styles = [
    controls,
    css`
      dialog {
        background: var(--surface);
        border: 1px solid var(--border-strong);
        border-radius: 10px;
        box-shadow: 0 20px 60px var(--shadow);
        color: var(--ink);
        max-width: min(560px, calc(100vw - 32px));
        padding: 20px 22px;
      }
      dialog::backdrop {
        background: rgb(4 12 18 / 0.45);
      }
      h2 {
        font-size: 16px;
        margin-bottom: 12px;
      }
      dl {
        display: grid;
        gap: 8px 18px;
        grid-template-columns: max-content 1fr;
      }
      dt {
        font-family: var(--mono);
        font-size: 12.5px;
        line-height: 20px;
      }
      label {
        align-items: center;
        display: flex;
        gap: 8px;
        margin: 16px 0;
      }
      label input {
        accent-color: var(--accent);
        min-height: 0;
      }
    `,
  ];

  show(): void {
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  override render() {
    return html`<dialog aria-labelledby="title">
      <h2 id="title">Keyboard</h2>
      <dl>${KEYS.map(([keys, what]) => html`<dt>${keys}</dt><dd>${what}</dd>`)}</dl>
      <label><input type="checkbox" .checked=${screenReaderMode.value}
        @change=${(event: Event) => setScreenReaderMode((event.target as HTMLInputElement).checked)} />
        Read the terminal to screen readers</label>
      <form method="dialog"><button class="outlined">Close</button></form>
    </dialog>`;
  }
}

customElements.define("drydock-help", HelpDialog);
