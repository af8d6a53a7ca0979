import { html } from "lit";
import { ModelElement } from "../stores/model-element.js";
import { Store } from "../stores/store.js";
import { filesIcon, hullIcon, layersIcon, resourcesIcon, stepsIcon, terminalIcon } from "../theme/icons.js";
import "../editor/editor-panel.js";
import type { EditorPanel } from "../editor/editor-panel.js";
import "../hull/hull-view.js";
import "../layers/layers-view.js";
import "../resources/resources-view.js";
import "../steps/steps-view.js";
import "../terminal/terminal-panel.js";
import type { TerminalPanel } from "../terminal/terminal-panel.js";
import "./app-header.js";
import "./divider.js";
import "./drydock-app.css";
import "./help-dialog.js";
import type { HelpDialog } from "./help-dialog.js";
import { type Layout, layout } from "./layout.js";
import "./message-bar.js";
import "./start-notice.js";
import "./tab-list.js";
import type { Tab } from "./tab-list.js";

const VIEWS: Tab[] = [
  { id: "hull", label: "Hull", icon: hullIcon },
  { id: "layers", label: "Layers", icon: layersIcon },
  { id: "steps", label: "Steps", icon: stepsIcon },
  { id: "resources", label: "Resources", icon: resourcesIcon },
];

const ROOMS: Tab[] = [
  { id: "files", label: "Files", icon: filesIcon },
  { id: "terminal", label: "Terminal", icon: terminalIcon },
  ...VIEWS,
];

/** The one screen: editor and terminal, and beside them the views; on a phone one of them all at a time. */
export class DrydockApp extends ModelElement {
  readonly #view = new Store("hull");
  /** The project first; the terminal has nothing to show yet. */
  readonly #room = new Store("files");

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override watched() {
    return [this.#view, this.#room, layout, this.model.usage];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const onKey = (event: KeyboardEvent) => this.#onKey(event);
    // Captured, so that neither the editor nor the terminal keeps the key that leads out of it.
    window.addEventListener("keydown", onKey, { capture: true });
    this.hold(
      { dispose: () => window.removeEventListener("keydown", onKey, { capture: true }) },
      // What to do then is said over the terminal.
      this.model.load.onChange(({ phase }) => phase === "failed" && this.#room.set("terminal")),
    );
  }

  override render() {
    const { x, y } = layout.value;
    const view = this.#view.value;
    const { model } = this;
    return html`
      <drydock-header .model=${model} @help=${() => this.querySelector<HelpDialog>("drydock-help")?.show()}></drydock-header>
      <drydock-messages .model=${model}></drydock-messages>
      <main data-room=${this.#room.value} style="--x: ${x}%; --y: ${y}%">
        <section class="panel files" aria-label="Files"><drydock-editor .model=${model}></drydock-editor></section>
        <drydock-divider class="between-rows" orientation="horizontal" aria-label="Height of the editor" .value=${y}
          @divide=${(event: CustomEvent<number>) => this.#divide({ y: event.detail })}></drydock-divider>
        <section class="panel terminal" aria-label="Terminal">
          <drydock-terminal .model=${model}></drydock-terminal>
          <drydock-start-notice .model=${model}></drydock-start-notice>
        </section>
        <drydock-divider class="between-columns" orientation="vertical" aria-label="Width of editor and terminal" .value=${x}
          @divide=${(event: CustomEvent<number>) => this.#divide({ x: event.detail })}></drydock-divider>
        <section class="panel views" aria-label="Views">
          <drydock-tabs class="view-tabs" label="Views" .tabs=${this.#badged(VIEWS)} .selected=${view}
            @tab-select=${(event: CustomEvent<string>) => this.#view.set(event.detail)}></drydock-tabs>
          <drydock-hull role="tabpanel" aria-label="Hull" .model=${model} ?hidden=${view !== "hull"}
            @open-view=${(event: CustomEvent<string>) => this.#enter(event.detail)}></drydock-hull>
          <drydock-layers role="tabpanel" aria-label="Layers" .model=${model} ?hidden=${view !== "layers"}></drydock-layers>
          <drydock-steps role="tabpanel" aria-label="Steps" .model=${model} ?hidden=${view !== "steps"}></drydock-steps>
          <drydock-resources role="tabpanel" aria-label="Resources" .model=${model} ?hidden=${view !== "resources"}></drydock-resources>
        </section>
      </main>
      <drydock-tabs class="rooms" placement="bottom" label="Panels" .tabs=${this.#badged(ROOMS)} .selected=${this.#room.value}
        @tab-select=${(event: CustomEvent<string>) => this.#enter(event.detail)}></drydock-tabs>
      <drydock-help></drydock-help>`;
  }

  #badged(tabs: readonly Tab[]): Tab[] {
    const running = this.model.usage.value.filter(({ state }) => state !== "ended").length;
    return tabs.map((tab) => (tab.id === "resources" && running > 0 ? { ...tab, badge: String(running) } : tab));
  }

  #enter(room: string): void {
    this.#room.set(room);
    if (VIEWS.some(({ id }) => id === room)) this.#view.set(room);
  }

  #divide(change: Partial<Layout>): void {
    layout.update((now) => ({ ...now, ...change }));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#focusPanel(event.shiftKey ? -1 : 1);
  }

  #focusPanel(step: 1 | -1): void {
    const panels = [...this.querySelectorAll<HTMLElement>(".panel")].filter((panel) => panel.offsetParent);
    const current = panels.findIndex((panel) => panel.contains(document.activeElement));
    const next = panels[(current + step + panels.length) % panels.length];
    if (next?.classList.contains("files")) next.querySelector<EditorPanel>("drydock-editor")?.focusEditor();
    else if (next?.classList.contains("terminal"))
      next.querySelector<TerminalPanel>("drydock-terminal")?.focusTerminal();
    else next?.querySelector(".view-tabs")?.shadowRoot?.querySelector<HTMLElement>("[aria-selected='true']")?.focus();
  }
}

customElements.define("drydock-app", DrydockApp);
