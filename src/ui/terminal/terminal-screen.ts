/** The one place that loads xterm: the guest's terminal on the screen, joined to the session. */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import type { Disposable } from "../../shared/disposable.js";
import type { AppModel } from "../stores/app-model.js";
import { scheme } from "../theme/theme.js";
import { screenReaderMode } from "./screen-reader-mode.js";
import { terminalThemes } from "./terminal-theme.js";

export class TerminalScreen implements Disposable {
  readonly #host: HTMLElement;
  readonly #fit = new FitAddon();
  readonly #terminal = newTerminal();
  readonly #held: Disposable[];

  constructor(host: HTMLElement, { session, terminal: feed }: AppModel) {
    this.#host = host;
    const terminal = this.#terminal;
    terminal.loadAddon(this.#fit);
    terminal.open(host);
    const observer = new ResizeObserver(() => this.#fitNow());
    observer.observe(host);
    this.#held = [
      terminal.onData((data) => session.terminal.write(data)),
      terminal.onBinary((data) => session.terminal.write(Uint8Array.from(data, (char) => char.charCodeAt(0)))),
      terminal.onResize(({ cols, rows }) => session.terminal.resize(cols, rows)),
      feed.consume((bytes) => terminal.write(bytes)),
      scheme.onChange((now) => {
        terminal.options.theme = terminalThemes[now];
      }),
      screenReaderMode.onChange((on) => {
        terminal.options.screenReaderMode = on;
      }),
      { dispose: () => observer.disconnect() },
    ];
    session.ready.then(
      () => this.#started(session.terminal),
      () => {},
    );
  }

  /** The guest's terminal has another size until it is told this one's. */
  #started(guest: AppModel["session"]["terminal"]): void {
    this.#fitNow();
    guest.resize(this.#terminal.cols, this.#terminal.rows);
    if (document.activeElement === document.body && this.#isShown && !matchMedia("(pointer: coarse)").matches) {
      this.focus();
    }
  }

  /** A panel that is not on show has no size to fit. */
  #fitNow(): void {
    if (this.#isShown) this.#fit.fit();
  }

  get #isShown(): boolean {
    return this.#host.offsetParent !== null;
  }

  reset(): void {
    this.#terminal.reset();
  }

  focus(): void {
    this.#terminal.focus();
  }

  dispose(): void {
    for (const held of this.#held) held.dispose();
    this.#terminal.dispose();
  }
}

function newTerminal(): Terminal {
  return new Terminal({
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
}
