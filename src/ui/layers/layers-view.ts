import { html, nothing } from "lit";
import type { ImageSummary } from "../../session/client.js";
import { exactBytes, formatBytes } from "../format/bytes.js";
import type { ImagesState } from "../stores/images-store.js";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";
import { chevronIcon } from "../theme/icons.js";
import { type ChangeRow, type LayerRow, type LayersModel, layersModel } from "./layer-model.js";
import { layersStyles } from "./layers-styles.js";
import "./plan-view.js";

/** Files listed of one layer before the reader asks for all. */
const CHANGES_SHOWN = 100;

const MARK_WORD = { A: "added", C: "changed", D: "deleted" };

/** An image's layers, newest first: what each adds, and what is hidden but still shipped. */
export class LayersView extends ModelElement {
  static override styles = [controls, layersStyles];

  /** Numbers of the unfolded layers, and of those whose files are all listed. */
  readonly #open = new Set<number>();
  readonly #whole = new Set<number>();
  #shown: string | undefined;

  protected override watched() {
    return [this.model.images, this.model.load, this.model.workspace.dockerfile];
  }

  override render() {
    const state = this.model.images.value;
    if (state.images.length === 0) return this.#empty(state.error);
    const model = state.layers && layersModel(state.layers);
    if (model && state.selected !== this.#shown) this.#unfoldHidden(model, state.selected);
    return html`${this.#toolbar(state)}
      ${model ? this.#layers(model) : state.error ? html`<p class="empty" role="alert">${state.error}</p>` : skeleton()}`;
  }

  /** What the view is there to show is unfolded when an image comes up: the files that are hidden but shipped. */
  #unfoldHidden({ layers }: LayersModel, selected: string | undefined): void {
    this.#shown = selected;
    this.#open.clear();
    this.#whole.clear();
    const heaviest = layers.reduce<LayerRow | undefined>(
      (best, row) => (row.hiddenBytes > (best?.hiddenBytes ?? 0) ? row : best),
      undefined,
    );
    if (heaviest) this.#open.add(heaviest.number);
  }

  /** What there will be to see, from the first moment on: the machine is not needed for it. */
  #empty(error: string | undefined) {
    if (error) return html`<p class="empty" role="alert">${error}</p>`;
    const { phase } = this.model.load.value;
    if (phase === "failed" || phase === "down") {
      return html`<div class="empty"><h3>No image</h3><p>The machine is not running.</p></div>`;
    }
    if (this.model.workspace.dockerfile.value !== undefined)
      return html`<drydock-plan .model=${this.model}></drydock-plan>`;
    if (phase === "loading") return skeleton();
    return html`<div class="empty"><h3>No image yet</h3><p>Type <code>docker pull busybox</code> in the terminal.</p></div>`;
  }

  #toolbar({ images, selected }: ImagesState) {
    return html`<label class="pick"><span class="quiet">Image</span>
      <select @change=${(event: Event) => this.model.images.select((event.target as HTMLSelectElement).value)}>
        ${images.map((image) => html`<option value=${image.Id} ?selected=${image.Id === selected}>${nameOf(image)}</option>`)}
      </select></label>`;
  }

  #layers(model: LayersModel) {
    return html`${totals(model)}
      <ol class="layers" reversed aria-label="Layers, newest first">
        ${model.layers.map((row) => this.#layer(row))}
      </ol>`;
  }

  #layer(row: LayerRow) {
    const open = this.#open.has(row.number);
    const foldable = row.changes.length > 0;
    return html`<li class="layer ${row.empty ? "empty-layer" : ""}">
      <button class="head" aria-expanded=${foldable ? open : nothing} ?disabled=${!foldable} title=${row.instruction}
        @click=${() => this.#toggle(this.#open, row.number)}>
        <span class="chevron">${foldable ? chevronIcon : nothing}</span>
        <span class="ordinal number">${row.number}</span>
        <code class="instruction"><b>${row.keyword}</b> ${row.rest}</code>
        <span class="size number" title=${exactBytes(row.size)}>${row.empty ? "no layer" : formatBytes(row.size)}</span>
        ${row.empty ? nothing : layerLine(row)}
      </button>
      ${open && foldable ? this.#changes(row) : nothing}
    </li>`;
  }

  #changes(row: LayerRow) {
    const all = this.#whole.has(row.number);
    const shown = all ? row.changes : row.changes.slice(0, CHANGES_SHOWN);
    const left = row.changes.length - shown.length;
    return html`<div class="changes">
      <p class="quiet number">${exactBytes(row.size)} of files · tar ${exactBytes(row.tarBytes)}</p>
      <ul>${shown.map(change)}</ul>
      ${
        left > 0
          ? html`<button class="outlined" @click=${() => this.#toggle(this.#whole, row.number)}>Show ${left} more</button>`
          : nothing
      }
    </div>`;
  }

  #toggle(set: Set<number>, number: number): void {
    if (!set.delete(number)) set.add(number);
    this.requestUpdate();
  }
}

function nameOf({ RepoTags, Id }: ImageSummary): string {
  return RepoTags[0] ?? `<none> ${Id.replace("sha256:", "").slice(0, 12)}`;
}

function totals({ shippedBytes, visibleBytes, hiddenBytes }: LayersModel) {
  const share = shippedBytes === 0 ? 0 : hiddenBytes / shippedBytes;
  return html`<section class="totals" aria-label="Where the bytes are">
    <dl>
      <dt>Shipped</dt>
      <dd class="number" title=${exactBytes(shippedBytes)}>${formatBytes(shippedBytes)}</dd>
      <dd class="meter"><i class="visible" style="width: ${percent(1 - share)}"></i><i class="hidden" style="width: ${percent(share)}"></i></dd>
      <dt>Visible</dt>
      <dd class="number" title=${exactBytes(visibleBytes)}>${formatBytes(visibleBytes)}</dd>
      <dd class="meter"><i class="visible" style="width: ${percent(1 - share)}"></i></dd>
    </dl>
    <p class=${hiddenBytes > 0 ? "ballast" : "quiet"}>
      ${
        hiddenBytes > 0
          ? html`<b class="number" title=${exactBytes(hiddenBytes)}>${formatBytes(hiddenBytes)}</b> hidden but still shipped
            (${Math.round(share * 100)} %): later layers delete or replace it, no container sees it.`
          : "Everything that is shipped can be seen in a container."
      }
    </p>
  </section>`;
}

function layerLine({ counts, hiddenBytes, visibleShare, hiddenShare }: LayerRow) {
  return html`<span class="line">
    <span class="meter"><i class="visible" style="width: ${percent(visibleShare)}"></i><i class="hidden" style="width: ${percent(hiddenShare)}"></i></span>
    ${hiddenBytes > 0 ? html`<span class="ballast number">${formatBytes(hiddenBytes)} hidden</span>` : nothing}
    ${count(counts.added, "A")}${count(counts.changed, "C")}${count(counts.deleted, "D")}
  </span>`;
}

function count(files: number, mark: ChangeRow["mark"]) {
  if (files === 0) return nothing;
  const sign = { A: "+", C: "~", D: "−" }[mark];
  return html`<span class="mark ${mark} number" title="${files} ${MARK_WORD[mark]}">${sign}${files}<span
    class="visually-hidden"> ${MARK_WORD[mark]}</span></span>`;
}

function change({ path, type, size, mark, note, action, hidden }: ChangeRow) {
  const sized = type === "file" || action === "deleted" || action === "opaque";
  return html`<li class=${hidden ? "gone" : ""}>
    <span class="mark ${mark}" title=${MARK_WORD[mark]}>${mark}<span class="visually-hidden"> ${MARK_WORD[mark]}</span></span>
    <code>${path}${type === "directory" ? "/" : ""}</code>
    <span class="size number" title=${exactBytes(size)}>${sized && size > 0 ? formatBytes(size) : ""}</span>
    ${note ? html`<span class="note">${note}</span>` : nothing}
  </li>`;
}

function percent(share: number): string {
  return `${Math.round(share * 10000) / 100}%`;
}

function skeleton() {
  return html`<div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i></div>`;
}

customElements.define("drydock-layers", LayersView);
