import { html, nothing } from "lit";
import { exactBytes, formatBytes } from "../format/bytes.js";
import { ModelElement } from "../stores/model-element.js";
import { scheme } from "../theme/theme.js";
import "../shell/tab-list.js";
import "./build-bar.js";
import "./editor-panel.css";
import type { SessionTerminal } from "../../session/client.js";
import type { FileContents } from "./file-contents.js";
import { loadCodeEditor } from "./load-code-editor.js";
import type { CodeEditor } from "./monaco.js";
import { plainText } from "./plain-text.js";

interface ShownFile {
  path: string;
  contents: FileContents;
}

/** From the shell's first byte on: the prompt is seen, and what else is to be ready for it has had its turn. */
const PROMPT_MS = 1000;

function firstOutput(terminal: SessionTerminal): Promise<void> {
  return new Promise((resolve) => {
    const subscription = terminal.onData(() => {
      subscription.dispose();
      resolve();
    });
  });
}

/**
 * The workspace's files, and the editor. Monaco puts its styles into the document, so this component has no shadow
 * root. Monaco is large, and loading it holds the page up: it comes when the terminal is usable. Until then the files
 * can only be read.
 */
export class EditorPanel extends ModelElement {
  #editor: CodeEditor | undefined;
  #shown: ShownFile | undefined;
  #problem: string | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override watched() {
    return [this.model.workspace];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { session, workspace } = this.model;
    this.hold(
      workspace.onContents(({ path, contents }) => this.#changedOutside(path, contents)),
      scheme.onChange((now) => this.#editor?.setScheme(now)),
      { dispose: () => this.#editor?.dispose() },
    );
    void firstOutput(session.terminal)
      .then(() => this.#readerComes(PROMPT_MS))
      .then(() => this.#load());
  }

  /** Resolves when the reader is in the text, or after `latestMs`. */
  #readerComes(latestMs: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, this.#isRead ? 0 : latestMs);
      this.addEventListener("focusin", () => this.#isRead && resolve());
    });
  }

  get #isRead(): boolean {
    return document.activeElement?.classList.contains("plain-text") ?? false;
  }

  async #load(): Promise<void> {
    const CodeEditor = await loadCodeEditor();
    const host = this.querySelector<HTMLElement>(".monaco-host");
    if (!this.isConnected || !host) return;
    const wasRead = this.#isRead;
    this.#editor = new CodeEditor(host, scheme.value, {
      onEdit: (path, text) => this.model.workspace.edit(path, text),
      onSave: () => void this.model.workspace.flush(),
    });
    if (this.#shown) this.#show(this.#shown.path, this.#shown.contents);
    await this.updateComplete;
    if (wasRead) this.focusEditor();
  }

  override updated(): void {
    const { selected } = this.model.workspace.value;
    if (selected !== undefined && selected !== this.#shown?.path) void this.#open(selected);
  }

  async #open(path: string): Promise<void> {
    const contents = await this.model.workspace.read(path).catch((error: Error) => {
      this.#problem = error.message;
    });
    // Another file may have been chosen meanwhile.
    if (!contents || this.model.workspace.value.selected !== path) return this.requestUpdate();
    this.#problem = undefined;
    this.#show(path, contents);
  }

  #show(path: string, contents: FileContents): void {
    const editor = this.#editor;
    if (contents.kind === "text" && editor) {
      if (!editor.has(path)) editor.open(path, contents.text);
      editor.show(path);
    } else editor?.close(path);
    this.#shown = { path, contents };
    this.requestUpdate();
  }

  #changedOutside(path: string, contents: FileContents): void {
    if (contents.kind === "text") this.#editor?.replace(path, contents.text);
    if (this.#shown?.path !== path) return;
    if (!this.#editor || contents.kind !== this.#shown.contents.kind) this.#show(path, contents);
  }

  focusEditor(): void {
    const plain = this.querySelector<HTMLElement>(".plain-text");
    if (plain) plain.focus();
    else if (this.#shown?.contents.kind === "text") this.#editor?.focus();
    else
      this.querySelector<HTMLElement>("drydock-tabs")
        ?.shadowRoot?.querySelector<HTMLElement>("[tabindex='0']")
        ?.focus();
  }

  override render() {
    const { files, selected } = this.model.workspace.value;
    const tabs = (files ?? []).map(({ path }) => ({ id: path, label: path }));
    const shown = this.#shown?.path === selected ? this.#shown : undefined;
    return html`<div class="bar">
        <drydock-tabs class="file-tabs" label="Files" .tabs=${tabs} .selected=${selected ?? ""}
          @tab-select=${(event: CustomEvent<string>) => this.model.workspace.select(event.detail)}></drydock-tabs>
      </div>
      <div class="file">
        <div class="monaco-host" ?inert=${shown?.contents.kind !== "text"}></div>
        ${this.#cover(shown)}
      </div>
      <drydock-build .model=${this.model}></drydock-build>`;
  }

  #cover(shown: ShownFile | undefined) {
    if (this.#problem) return html`<div class="cover"><p role="alert">${this.#problem}</p></div>`;
    if (!shown && this.model.workspace.value.files?.length === 0)
      return html`<div class="cover"><p>No files yet. What is written to /root/work is shown here.</p></div>`;
    if (!shown) return html`<div class="cover lines" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></div>`;
    const { path, contents } = shown;
    switch (contents.kind) {
      case "text":
        return this.#editor ? nothing : plainText(path, contents.text);
      case "binary":
        return html`<div class="cover"><p><b>${contents.what}</b><br />
          <span title=${exactBytes(contents.bytes)}>${formatBytes(contents.bytes)}</span>, not shown as text</p></div>`;
      case "large":
        return html`<div class="cover"><p><b>${formatBytes(contents.bytes)} of text</b><br />too large to edit here</p></div>`;
    }
  }
}

customElements.define("drydock-editor", EditorPanel);
