import { html, nothing } from "lit";
import { exactBytes, formatBytes, formatMemory } from "../format/bytes.js";
import type { ContainerUsage } from "../resources/usage-model.js";
import type { HullState } from "../stores/hull-store.js";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";
import { hueOf, type Slab, slabShare, type Vessel, type Wall } from "./hull-model.js";
import { hullStyles } from "./hull-styles.js";
import type { Part } from "./narrator.js";
import "../layers/plan-view.js";

const RING_PX = 3;
const KIND_WORD = { own: "its own", guest: "the guest's", joined: "joined" };

/**
 * The machine as one picture: below the shelf of layers, above it the containers with their walls. Fires `open-view`
 * (detail: a view's id) where there is more to be seen.
 */
export class HullView extends ModelElement {
  static override styles = [controls, hullStyles];

  protected override watched() {
    return [this.model.hull, this.model.usage];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const watch = new IntersectionObserver(([entry]) => this.model.hull.show(entry?.isIntersecting ?? false));
    watch.observe(this);
    this.hold({
      dispose: () => {
        watch.disconnect();
        this.model.hull.show(false);
      },
    });
  }

  override render() {
    const state = this.model.hull.value;
    return html`
      <p class="narration">${state.narration}</p>
      ${this.#vessels(state)}
      ${this.#shelf(state)}
      ${trail(state)}`;
  }

  #vessels(state: HullState) {
    if (state.vessels.length === 0 && state.building.length === 0 && state.slabs.length === 0)
      return html`<drydock-plan .model=${this.model}></drydock-plan>`;
    if (state.vessels.length === 0 && state.building.length === 0)
      return html`<p class="quiet">No container runs. <code>docker run -d --name web busybox httpd -f</code> makes one that stays.</p>`;
    return html`<section class="vessels" aria-label="Containers and builds">
      ${state.building.map(({ title }) => construction(title))}
      ${state.vessels.map((vessel) => this.#vessel(vessel, state))}
    </section>`;
  }

  #vessel(vessel: Vessel, state: HullState) {
    const own = vessel.walls.filter(({ kind }) => kind === "own").length;
    const latest = state.steps.filter(({ subject }) => subject === vessel.name).at(-1);
    const lit = (part: Part) => (latest?.part === part && latest === state.steps.at(-1) ? "lit" : "");
    const slabs = vessel.slabs.flatMap((diffID) => state.slabs.find((slab) => slab.diffID === diffID) ?? []);
    const most = Math.max(1, vessel.upperBytes ?? 0, ...slabs.map(({ bytes }) => bytes));
    return html`<article class="vessel" aria-label="Container ${vessel.name}" style="--rings: ${rings(own)}">
      <header class=${lit("process")}>
        <h3>${vessel.name}</h3>
        <code>${vessel.command}</code>
        <span class="quiet number">process 1 inside, ${vessel.pid} in the guest</span>
      </header>
      <ul class="walls ${lit("walls")}" aria-label="Namespaces">${vessel.walls.map(wall)}</ul>
      ${gauges(
        this.model.usage.value.find(({ id }) => id === vessel.id),
        lit("gauges"),
      )}
      <ol class="stack ${lit("stack") || lit("root")}" aria-label="Layers, the container's own first">
        ${upper(vessel, most)}
        ${slabs.map((slab) => html`<li class="slab">${slabText(slab, most)}</li>`)}
      </ol>
      <span class="same">The same in words: <code>docker inspect ${vessel.name}</code>, <code>ls -l /proc/${vessel.pid}/ns</code></span>
    </article>`;
  }

  #shelf({ slabs }: HullState) {
    if (slabs.length === 0) return nothing;
    const most = Math.max(...slabs.map(({ bytes }) => bytes));
    return html`<section aria-label="Shelf of layers">
      <h3>Shelf of layers</h3>
      <p class="quiet">Each layer once, however many images have it. Width is the square root of its bytes; hatched is shipped and never seen.</p>
      <ol class="stack shelf">${slabs.map(
        (slab) => html`<li class="slab">${slabText(slab, most)}
          <button title="Show the layers of ${slab.images[0]}" @click=${() => this.#openLayers(slab)}>${slab.images.join(", ")}</button></li>`,
      )}</ol>
    </section>`;
  }

  #openLayers({ images: [name] }: Slab): void {
    for (const [id, image] of this.model.hull.value.layers) if (image.name === name) void this.model.images.select(id);
    this.dispatchEvent(new CustomEvent("open-view", { detail: "layers" }));
  }
}

function construction(title: string) {
  return html`<article class="vessel construction" aria-label="Under construction: ${title}">
    <header><h3>Under construction</h3><code>${title}</code></header>
  </article>`;
}

/** A line for each wall, with air between them. */
function rings(walls: number): string {
  const lines = Array.from({ length: walls }, (_, at) => {
    const outer = (at + 1) * RING_PX;
    return `0 0 0 ${outer - 1.5}px var(--surface), 0 0 0 ${outer}px var(--accent)`;
  });
  return lines.length > 0 ? lines.join(", ") : "0 0 0 1px var(--border)";
}

function wall({ namespace, kind, with: other }: Wall) {
  const owner = kind === "joined" ? `that of ${other}` : KIND_WORD[kind];
  return html`<li class="wall ${kind}" title="${namespace} namespace: ${owner}">${namespace}<span class="visually-hidden">: ${owner}</span></li>`;
}

function gauges(usage: ContainerUsage | undefined, lit: string) {
  const now = usage?.samples.at(-1);
  if (!usage || !now) return nothing;
  return html`<div class="gauges ${lit}">
    ${gauge("memory", now.memoryBytes, usage.memoryLimitBytes, formatMemory)}
    ${gauge("CPU", now.cpuPercent, usage.cpuLimitPercent, (percent) => `${Math.round(percent)} %`, 100)}
    ${gauge("processes", now.pids, usage.pidsLimit, String)}
  </div>`;
}

/** @param most the end of the scale where there is no limit; left out, there is nothing to compare with. */
function gauge(label: string, value: number, limit: number | null, format: (value: number) => string, most?: number) {
  const end = limit ?? most;
  const share = end ? Math.min(value / end, 1) : 0;
  const text = limit === null ? format(value) : `${format(value)} of ${format(limit)}`;
  return html`<div class="gauge ${limit === null ? "" : "limited"}">
    <span class="track"><i style="--share: ${percent(share)}"></i></span>
    <span>${label} <b class="number">${text}</b></span>
  </div>`;
}

function upper({ upperBytes, readOnly }: Vessel, most: number) {
  const bytes = upperBytes ?? 0;
  const text = readOnly ? "read-only: nothing can be written" : "its own layer";
  return html`<li class="slab upper" title=${exactBytes(bytes)}>
    <span class="what"><span class="bar"><i style="--share: ${percent(slabShare(bytes, most))}"></i></span>
      <span class="name">${text}</span></span>
    <span class="number">${upperBytes === undefined ? "" : formatBytes(bytes)}</span>
  </li>`;
}

function slabText({ diffID, keyword, rest, bytes, hiddenBytes }: Slab, most: number) {
  const unseen = bytes === 0 ? 0 : hiddenBytes / bytes;
  return html`<span class="what" title="${diffID}">
      <span class="bar" style="--hue: ${hueOf(diffID)}; --share: ${percent(slabShare(bytes, most))}; --unseen: ${percent(unseen)}"><i class="unseen"></i></span>
      <span class="name"><b>${keyword}</b> ${rest}</span></span>
    <span class="number" title=${exactBytes(bytes)}>${formatBytes(bytes)}${
      hiddenBytes > 0 ? html`<span class="ballast"> ${formatBytes(hiddenBytes)} never seen</span>` : nothing
    }</span>`;
}

function trail({ steps }: HullState) {
  if (steps.length === 0) return nothing;
  return html`<section aria-label="Latest kernel steps">
    <h3>Latest kernel steps</h3>
    <ol class="trail">${steps.map(
      ({ call, detail, durationMicros, subject }) =>
        html`<li title="${subject}: ${call} ${detail} (${Math.round(durationMicros)} µs)">${call}</li>`,
    )}</ol>
  </section>`;
}

function percent(share: number): string {
  return `${Math.round(share * 10000) / 100}%`;
}

customElements.define("drydock-hull", HullView);
