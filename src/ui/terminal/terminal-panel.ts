import { html } from "lit";
import { ModelElement } from "../stores/model-element.js";
import "./terminal-panel.css";
import type { TerminalScreen } from "./terminal-screen.js";

/** The guest's shell. xterm puts its styles into the document, so this component has no shadow root. */
export class TerminalPanel extends ModelElement {
  #screen: TerminalScreen | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override watched() {
    return [this.model.load];
  }

  override render() {
    const { phase } = this.model.load.value;
    return html`<div class="bar">
        <h2>Terminal</h2>
        <button title="Ends what runs in the shell, and starts it anew"
          ?disabled=${phase === "loading" || phase === "failed"} @click=${() => void this.#renew()}>
          New shell
        </button>
        <span>F6: next panel</span>
      </div>
      <div class="xterm-host"></div>`;
  }

  override firstUpdated(): void {
    void this.#load();
  }

  /** After the page's first frame: there is nothing to show in it until the machine runs. */
  async #load(): Promise<void> {
    await new Promise(requestAnimationFrame);
    const { TerminalScreen } = await import("./terminal-screen.js");
    const host = this.querySelector<HTMLElement>(".xterm-host");
    if (!this.isConnected || !host) return;
    const screen = new TerminalScreen(host, this.model);
    this.#screen = screen;
    this.hold(screen);
  }

  async #renew(): Promise<void> {
    // A machine that does not run is said elsewhere.
    await this.model.session.terminal.renew().catch(() => {});
    this.#screen?.reset();
    this.focusTerminal();
  }

  focusTerminal(): void {
    this.#screen?.focus();
  }
}

customElements.define("drydock-terminal", TerminalPanel);
