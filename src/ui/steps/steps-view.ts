import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { formatClock, formatDuration } from "../format/time.js";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";
import { chevronIcon } from "../theme/icons.js";
import { type StepsRow, visibleRows } from "./rows.js";
import type { SpanNode } from "./span-forest.js";
import { stepsStyles } from "./steps-styles.js";

/** Most lines drawn; a filter finds the others. */
const ROWS_DRAWN = 1500;

/** What the engine and the kernel did, in order, as a tree that keys can walk. */
export class StepsView extends ModelElement {
  static override styles = [controls, stepsStyles];

  #filter = "";
  #output = false;
  #selected = "";
  /** The reader's own folding, where it differs from the usual. */
  readonly #folding = new Map<string, boolean>();
  #rows: StepsRow[] = [];
  /** New work is brought into view, until the reader turns to something else; at the end it is taken up again. */
  #following = true;
  #ownScrollTop = 0;

  protected override watched() {
    return [this.model.trace, this.model.load];
  }

  override render() {
    const { forest } = this.model.trace.value;
    const newest = forest.roots.at(-1);
    this.#rows = visibleRows(forest, {
      filter: this.#filter,
      output: this.#output,
      isExpanded: (node, level) => this.#folding.get(node.id) ?? unfolded(node, level, newest),
    });
    return html`<div class="toolbar">
        <input type="search" placeholder="Filter" aria-label="Filter steps" .value=${this.#filter}
          @input=${(event: Event) => this.#set(() => (this.#filter = (event.target as HTMLInputElement).value))} />
        <label class="check"><input type="checkbox" .checked=${this.#output}
          @change=${() => this.#set(() => (this.#output = !this.#output))} />Output</label>
        <button class="outlined" @click=${() => this.#foldAll()}>Fold all</button>
      </div>
      ${this.#rows.length === 0 ? this.#empty() : this.#tree()}`;
  }

  #empty() {
    if (this.#filter) return html`<p class="empty">No step holds “${this.#filter}”.</p>`;
    return html`<div class="empty"><h3>Nothing done yet</h3>
      <p>Build the Dockerfile, or type <code>docker run --rm busybox echo hello</code> in the terminal: each system call
      that makes the container appears here.</p></div>`;
  }

  #tree() {
    const rows = this.#rows.slice(-ROWS_DRAWN);
    const focusable = rows.some((row) => row.id === this.#selected) ? this.#selected : rows[0]?.id;
    return html`<div class="tree" role="tree" aria-label="Steps" @keydown=${this.#onKey} @scroll=${this.#onScroll}>
      ${repeat(
        rows,
        (row) => row.id,
        (row) => this.#row(row, row.id === focusable),
      )}
    </div>`;
  }

  #row(row: StepsRow, focusable: boolean) {
    const { id, level, title, detail, kind, state, expandable, expanded, durationMs } = row;
    return html`<div class="row ${kind} ${state}" role="treeitem" data-id=${id} tabindex=${focusable ? 0 : -1}
      aria-level=${level} aria-posinset=${row.position} aria-setsize=${row.siblings}
      aria-expanded=${expandable ? expanded : nothing} aria-selected=${id === this.#selected}
      @click=${() => this.#click(row)} @focus=${() => this.#select(id)}>
      <span class="name" style="padding-left: ${(level - 1) * 14}px">
        <span class="chevron">${expandable ? chevronIcon : nothing}</span>
        ${kind === "step" || kind === "output" ? nothing : html`<span class="kind">${kind}</span>`}
        <code class="title">${title}</code>
        <code class="detail">${detail}</code>
      </span>
      <span class="state">${stateWord(row)}</span>
      <time class="number quiet" title=${formatClock(row.at)}>${durationMs === undefined ? "…" : formatDuration(durationMs)}</time>
      <span class="track" aria-hidden="true"><i style="left: ${row.offset * 100}%; width: ${row.extent * 100}%"></i></span>
    </div>`;
  }

  #set(change: () => void): void {
    change();
    this.requestUpdate();
  }

  #foldAll(): void {
    for (const id of this.model.trace.value.forest.byId.keys()) this.#folding.set(id, false);
    this.requestUpdate();
  }

  #select(id: string): void {
    this.#following = false;
    if (this.#selected !== id) this.#set(() => (this.#selected = id));
  }

  #click(row: StepsRow): void {
    this.#select(row.id);
    // Text that was just marked is to be copied, not folded away.
    if (row.expandable && !getSelection()?.toString()) this.#fold(row, row.expanded);
  }

  #fold({ id }: StepsRow, folded: boolean): void {
    this.#set(() => this.#folding.set(id, !folded));
  }

  /** The keys of an ARIA tree view. */
  #onKey(event: KeyboardEvent): void {
    const index = this.#rows.findIndex((row) => row.id === this.#selected);
    const row = this.#rows[index];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions: Record<string, () => void> = {
      ArrowDown: () => this.#focus(this.#rows[index + 1]),
      ArrowUp: () => this.#focus(this.#rows[index - 1]),
      Home: () => this.#focus(this.#rows[0]),
      End: () => this.#focus(this.#rows.at(-1)),
      ArrowRight: () =>
        row.expandable && !row.expanded ? this.#fold(row, false) : row.expanded && this.#focus(this.#rows[index + 1]),
      ArrowLeft: () =>
        row.expanded ? this.#fold(row, true) : this.#focus(this.#rows.find(({ id }) => id === row.parent)),
      Enter: () => row.expandable && this.#fold(row, row.expanded),
      " ": () => row.expandable && this.#fold(row, row.expanded),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #focus(row: StepsRow | undefined): void {
    if (!row) return;
    this.#select(row.id);
    const element = this.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(row.id)}"]`);
    element?.focus();
  }

  #onScroll(event: Event): void {
    const tree = event.target as HTMLElement;
    if (Math.abs(tree.scrollTop - this.#ownScrollTop) < 2) return;
    this.#following = tree.scrollHeight - tree.scrollTop - tree.clientHeight < 24;
  }

  /** The newest piece of work is put at the top, and what it does grows below it. */
  override updated(): void {
    const tree = this.renderRoot.querySelector<HTMLElement>(".tree");
    const newest = this.model.trace.value.forest.roots.at(-1)?.id;
    if (!tree || newest === undefined || !this.#following) return;
    const row = tree.querySelector<HTMLElement>(`[data-id="${CSS.escape(newest)}"]`);
    if (row) tree.scrollTop = row.offsetTop - tree.offsetTop;
    this.#ownScrollTop = tree.scrollTop;
  }
}

/** The newest piece of work shows its parts, stages their instructions, and what failed shows why. */
function unfolded(node: SpanNode, level: number, newest: SpanNode | undefined): boolean {
  return level === 1 ? node === newest : node.kind === "stage" || node.outcome === "failed";
}

function stateWord({ kind, state }: StepsRow): string {
  if (kind === "output") return "";
  if (kind === "step") return state === "failed" ? "error" : "";
  return state === "done" ? "" : state;
}

customElements.define("drydock-steps", StepsView);
