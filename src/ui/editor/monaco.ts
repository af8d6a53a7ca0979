/** The editor made of Monaco: its core, the features used here, and a few languages' colours. */
import "monaco-editor/features/codeEditor/register.js";
import "monaco-editor/features/codicon/register.js";
import "monaco-editor/features/bracketMatching/register.js";
import "monaco-editor/features/clipboard/register.js";
import "monaco-editor/features/comment/register.js";
import "monaco-editor/features/contextmenu/register.js";
import "monaco-editor/features/cursorUndo/register.js";
import "monaco-editor/features/find/register.js";
import "monaco-editor/features/folding/register.js";
import "monaco-editor/features/indentation/register.js";
import "monaco-editor/features/linesOperations/register.js";
import "monaco-editor/features/multicursor/register.js";
import "monaco-editor/features/smartSelect/register.js";
import "monaco-editor/features/toggleTabFocusMode/register.js";
import "monaco-editor/features/wordOperations/register.js";
import "monaco-editor/languages/definitions/cpp/register.js";
import "monaco-editor/languages/definitions/dockerfile/register.js";
import "monaco-editor/languages/definitions/ini/register.js";
import "monaco-editor/languages/definitions/javascript/register.js";
import "monaco-editor/languages/definitions/markdown/register.js";
import "monaco-editor/languages/definitions/python/register.js";
import "monaco-editor/languages/definitions/shell/register.js";
import "monaco-editor/languages/definitions/yaml/register.js";
import * as monaco from "monaco-editor/editor/editor.api.js";
import editorWorker from "monaco-editor/editor/editor.worker.js?worker&url";
import type { Scheme } from "../theme/theme.js";
import { startWorker } from "../workers/page-worker.js";
import { languageOf } from "./file-contents.js";
import { defineThemes } from "./monaco-theme.js";

self.MonacoEnvironment = { getWorker: () => startWorker(editorWorker) };
defineThemes(monaco.editor);

export interface CodeEditorEvents {
  /** The reader changed the file. */
  onEdit(path: string, text: string): void;
  /** Ctrl+S, or Cmd+S. */
  onSave(): void;
}

/** An editor over the files that have been opened in it. */
export class CodeEditor {
  readonly #events: CodeEditorEvents;
  readonly #editor: monaco.editor.IStandaloneCodeEditor;
  readonly #models = new Map<string, monaco.editor.ITextModel>();
  readonly #viewStates = new Map<string, monaco.editor.ICodeEditorViewState | null>();
  #path: string | undefined;
  #replacing = false;

  constructor(host: HTMLElement, scheme: Scheme, events: CodeEditorEvents) {
    this.#events = events;
    this.#editor = monaco.editor.create(host, {
      model: null,
      theme: `drydock-${scheme}`,
      automaticLayout: true,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
      fontSize: 13,
      lineHeight: 20,
      minimap: { enabled: false },
      wordWrap: matchMedia("(max-width: 860px)").matches ? "on" : "off",
      scrollBeyondLastLine: false,
      padding: { top: 10, bottom: 10 },
      renderLineHighlight: "line",
      lineNumbersMinChars: 3,
      overviewRulerLanes: 0,
      links: false,
      quickSuggestions: false,
      wordBasedSuggestions: "off",
      occurrencesHighlight: "off",
      fixedOverflowWidgets: true,
      smoothScrolling: false,
      insertSpaces: true,
      tabSize: 4,
      ariaLabel: "File contents. Ctrl+M makes Tab leave the editor; F6 goes to the next panel.",
    });
    this.#editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => events.onSave());
  }

  has(path: string): boolean {
    return this.#models.has(path);
  }

  /** Opens a file with its text, without showing it. */
  open(path: string, text: string): void {
    const uri = monaco.Uri.from({ scheme: "workspace", path: `/${path}` });
    const model = monaco.editor.createModel(text, languageOf(path), uri);
    model.onDidChangeContent(() => {
      if (!this.#replacing) this.#events.onEdit(path, model.getValue());
    });
    this.#models.set(path, model);
  }

  /** Brings an opened file up, where its reader left it. */
  show(path: string): void {
    if (path === this.#path) return;
    if (this.#path !== undefined) this.#viewStates.set(this.#path, this.#editor.saveViewState());
    this.#path = path;
    this.#editor.setModel(this.#models.get(path) ?? null);
    this.#editor.restoreViewState(this.#viewStates.get(path) ?? null);
  }

  /** Takes over what someone else wrote; the cursor stays, and undo brings the text before back. */
  replace(path: string, text: string): void {
    const model = this.#models.get(path);
    if (!model || model.getValue() === text) return;
    this.#replacing = true;
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
    this.#replacing = false;
  }

  close(path: string): void {
    this.#models.get(path)?.dispose();
    this.#models.delete(path);
    this.#viewStates.delete(path);
    if (this.#path === path) this.#path = undefined;
  }

  setScheme(scheme: Scheme): void {
    monaco.editor.setTheme(`drydock-${scheme}`);
  }

  focus(): void {
    this.#editor.focus();
  }

  dispose(): void {
    for (const path of [...this.#models.keys()]) this.close(path);
    this.#editor.dispose();
  }
}
