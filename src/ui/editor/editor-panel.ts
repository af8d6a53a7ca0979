import { html, nothing } from "lit";
import { exactBytes, formatBytes } from "../format/bytes.js";
import { ModelElement } from "../stores/model-element.js";
import { scheme } from "../theme/theme.js";
import "../shell/tab-list.js";
import "./build-bar.js";
import "./editor-panel.css";
import type { SessionTerminal } from "../../session/client.js";
import type { FileContents } from "./file-contents.js";
import type { CodeEditor } from "./monaco.js";

/** From the shell's first byte to its prompt on the screen. */
const PROMPT_MS = 250;

/** Monaco is large, and loading it holds the page up: the terminal is to be usable first. */
function firstOutput(terminal: SessionTerminal): Promise<void> {
  return new Promise((resolve) => {
    const subscription = terminal.onData(() => {
      subscription.dispose();
      setTimeout(resolve, PROMPT_MS);
    });
  });
}

/**
 * The workspace's files, and the editor. Monaco puts its styles into the document, so this component has no shadow
 * root. Monaco is loaded once the machine runs: the terminal comes first.
 */
export class EditorPanel extends ModelElement {
  #editor: CodeEditor | undefined;
  #shown: { path: string; contents: FileContents } | undefined;
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
    firstOutput(session.terminal).then(() => this.#load());
  }

  async #load(): Promise<void> {
    const { CodeEditor } = await import("./monaco.js");
    const host = this.querySelector<HTMLElement>(".monaco-host");
    if (!this.isConnected || !host) return;
    this.#editor = new CodeEditor(host, scheme.value, {
      onEdit: (path, text) => this.model.workspace.edit(path, text),
      onSave: () => void this.model.workspace.flush(),
    });
    this.requestUpdate();
  }

  override updated(): void {
    const { selected } = this.model.workspace.value;
    if (this.#editor && selected !== undefined && selected !== this.#shown?.path) void this.#open(selected);
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
    if (this.#shown?.path === path && contents.kind !== this.#shown.contents.kind) this.#show(path, contents);
  }

  focusEditor(): void {
    if (this.#shown?.contents.kind === "text") this.#editor?.focus();
    else
      this.querySelector<HTMLElement>("drydock-tabs")
        ?.shadowRoot?.querySelector<HTMLElement>("[tabindex='0']")
        ?.focus();
  }

  override render() {
    const { files, selected } = this.model.workspace.value;
    const tabs = (files ?? []).map(({ path }) => ({ id: path, label: path }));
    const contents = this.#shown?.path === selected ? this.#shown?.contents : undefined;
    return html`<div class="bar">
        <drydock-tabs class="file-tabs" label="Files" .tabs=${tabs} .selected=${selected ?? ""}
          @tab-select=${(event: CustomEvent<string>) => this.model.workspace.select(event.detail)}></drydock-tabs>
      </div>
      <div class="file">
        <div class="monaco-host" ?inert=${contents?.kind !== "text"}></div>
        ${this.#cover(contents)}
      </div>
      <drydock-build .model=${this.model}></drydock-build>`;
  }

  #cover(contents: FileContents | undefined) {
    if (this.#problem) return html`<div class="cover"><p role="alert">${this.#problem}</p></div>`;
    if (contents?.kind === "text") return nothing;
    if (contents?.kind === "binary") {
      return html`<div class="cover"><p><b>${contents.what}</b><br />
        <span title=${exactBytes(contents.bytes)}>${formatBytes(contents.bytes)}</span>, not shown as text</p></div>`;
    }
    if (contents?.kind === "large") {
      return html`<div class="cover"><p><b>${formatBytes(contents.bytes)} of text</b><br />too large to edit here</p></div>`;
    }
    if (this.model.workspace.value.files?.length === 0)
      return html`<div class="cover"><p>No files yet. What is written to /root/work is shown here.</p></div>`;
    return html`<div class="cover lines" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></div>`;
  }
}

customElements.define("drydock-editor", EditorPanel);
