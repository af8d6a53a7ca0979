import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { html } from "lit";
import { ModelElement } from "../stores/model-element.js";
import { scheme } from "../theme/theme.js";
import { terminalThemes } from "./terminal-theme.js";
import "./terminal-panel.css";
import { screenReaderMode } from "./screen-reader-mode.js";

/** The guest's shell. xterm puts its styles into the document, so this component has no shadow root. */
export class TerminalPanel extends ModelElement {
  readonly #fit = new FitAddon();
  #terminal: Terminal | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override watched() {
    return [];
  }

  override render() {
    return html`<div class="bar">
        <h2>Terminal</h2>
        <button title="Ends what runs in the shell, and starts it anew" @click=${() => void this.#renew()}>
          New shell
        </button>
        <span>F6: next panel</span>
      </div>
      <div class="xterm-host"></div>`;
  }

  override firstUpdated(): void {
    const host = this.querySelector<HTMLElement>(".xterm-host");
    if (!host) return;
    const terminal = new Terminal({
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
      fontSize: 13,
      lineHeight: 1.2,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      scrollback: 5000,
      theme: terminalThemes[scheme.value],
      minimumContrastRatio: 4.5,
      screenReaderMode: screenReaderMode.value,
      // What programs print may hold links: they are text here, and lead nowhere.
      linkHandler: { activate() {}, allowNonHttpProtocols: false },
    });
    this.#terminal = terminal;
    terminal.loadAddon(this.#fit);
    terminal.open(host);
    this.#join(terminal, host);
  }

  #join(terminal: Terminal, host: HTMLElement): void {
    const { session } = this.model;
    const observer = new ResizeObserver(() => this.#fitNow());
    observer.observe(host);
    this.hold(
      terminal.onData((data) => session.terminal.write(data)),
      terminal.onBinary((data) => session.terminal.write(Uint8Array.from(data, (char) => char.charCodeAt(0)))),
      terminal.onResize(({ cols, rows }) => session.terminal.resize(cols, rows)),
      this.model.terminal.consume((bytes) => terminal.write(bytes)),
      scheme.onChange((now) => {
        terminal.options.theme = terminalThemes[now];
      }),
      screenReaderMode.onChange((on) => {
        terminal.options.screenReaderMode = on;
      }),
      { dispose: () => observer.disconnect() },
      { dispose: () => terminal.dispose() },
    );
    session.ready.then(
      () => this.#started(terminal),
      () => {},
    );
  }

  /** The guest's terminal has another size until it is told this one's. */
  #started(terminal: Terminal): void {
    this.#fitNow();
    this.model.session.terminal.resize(terminal.cols, terminal.rows);
    if (document.activeElement === document.body && this.offsetParent && !matchMedia("(pointer: coarse)").matches) {
      terminal.focus();
    }
  }

  async #renew(): Promise<void> {
    // A machine that does not run is said elsewhere.
    await this.model.session.terminal.renew().catch(() => {});
    this.#terminal?.reset();
    this.focusTerminal();
  }

  /** A panel that is not on show has no size to fit. */
  #fitNow(): void {
    if (this.offsetParent) this.#fit.fit();
  }

  focusTerminal(): void {
    this.#terminal?.focus();
  }
}

customElements.define("drydock-terminal", TerminalPanel);
