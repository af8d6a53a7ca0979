import { css, html, nothing, svg } from "lit";
import { formatMemory } from "../format/bytes.js";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";
import { type ContainerUsage, chartPoints, chartTop } from "./usage-model.js";

const WIDTH = 240;
const HEIGHT = 64;

interface Chart {
  label: string;
  values: number[];
  limit: number | null;
  /** Least top of the scale, so that noise at the bottom stays small. */
  least: number;
  format(value: number): string;
}

/** Memory, CPU and processes of each running container, from its cgroup files. */
export class ResourcesView extends ModelElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 12px;
        overflow: auto;
        padding: 14px;
      }
      article {
        border: 1px solid var(--border);
        border-radius: var(--radius);
        display: grid;
        gap: 12px;
        padding: 12px 14px 14px;
      }
      .ended {
        background: var(--raised);
      }
      header {
        align-items: baseline;
        display: flex;
        gap: 10px;
        min-width: 0;
      }
      header h3 {
        font-size: 15px;
      }
      header code {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      header .state {
        margin-left: auto;
        white-space: nowrap;
      }
      .state.bad {
        color: var(--danger);
        font-weight: 600;
      }
      .charts {
        display: grid;
        gap: 14px;
        grid-template-columns: repeat(auto-fit, minmax(96px, 1fr));
      }
      figure {
        display: grid;
        gap: 4px;
        margin: 0;
        min-width: 0;
      }
      figcaption {
        align-items: baseline;
        display: flex;
        flex-wrap: wrap;
        font-size: 12.5px;
        gap: 0 8px;
        justify-content: space-between;
      }
      figcaption b {
        font-size: 14px;
      }
      svg {
        background: var(--raised);
        border-bottom: 1px solid var(--border-strong);
        display: block;
        height: 64px;
        width: 100%;
      }
      .ended svg {
        background: var(--surface);
      }
      .use {
        fill: none;
        stroke: var(--bar);
        stroke-linejoin: round;
        stroke-width: 1.8;
        vector-effect: non-scaling-stroke;
      }
      .area {
        fill: var(--bar);
        opacity: 0.16;
      }
      .limit {
        stroke: var(--ballast);
        stroke-dasharray: 4 3;
        stroke-width: 1.5;
        vector-effect: non-scaling-stroke;
      }
      .limit-text {
        color: var(--ink-2);
        font-size: 12px;
        min-height: 18px;
      }
    `,
  ];

  protected override watched() {
    return [this.model.usage];
  }

  override render() {
    const usages = this.model.usage.value;
    if (usages.length > 0) return usages.map(card);
    return html`<div class="empty"><h3>No container is running</h3>
      <p>Start one in the terminal: <code>docker run -d -m 64m busybox sleep 600</code>. Its memory, CPU and processes are
      read from its cgroup once a second.</p></div>`;
  }
}

function card(usage: ContainerUsage) {
  const { samples } = usage;
  const charts: Chart[] = [
    {
      label: "Memory",
      values: samples.map(({ memoryBytes }) => memoryBytes),
      limit: usage.memoryLimitBytes,
      least: 1 << 20,
      format: formatMemory,
    },
    {
      label: "CPU",
      values: samples.map(({ cpuPercent }) => cpuPercent),
      limit: usage.cpuLimitPercent,
      least: 10,
      format: (value) => `${value.toFixed(value < 10 ? 1 : 0)} %`,
    },
    {
      label: "Processes",
      values: samples.map(({ pids }) => pids),
      limit: usage.pidsLimit,
      least: 4,
      format: String,
    },
  ];
  return html`<article class=${usage.state} aria-label="Container ${usage.name}">
    <header>
      <h3>${usage.name}</h3>
      <code class="quiet">${usage.id.slice(0, 12)} · ${usage.image}</code>
      ${stateText(usage)}
    </header>
    <div class="charts">${charts.map(figure)}</div>
  </article>`;
}

function stateText({ state, exitCode, oomKilled }: ContainerUsage) {
  if (state !== "ended") return html`<span class="state quiet">${state}</span>`;
  const killed = oomKilled ? ", out of memory" : "";
  return html`<span class="state ${exitCode ? "bad" : "quiet"}">exited ${exitCode ?? ""}${killed}</span>`;
}

function figure({ label, values, limit, least, format }: Chart) {
  const top = chartTop(values, limit, least);
  const points = chartPoints(values, top, WIDTH, HEIGHT);
  const latest = values.at(-1);
  const now = latest === undefined ? "–" : format(latest);
  const limitText = limit === null ? "no limit" : `limit ${format(limit)}`;
  const limitY = limit !== null && limit <= top ? HEIGHT - (limit / top) * HEIGHT : null;
  const firstX = points.split(",", 1)[0];
  return html`<figure>
    <figcaption><span class="quiet">${label}</span><b class="number">${now}</b></figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}: ${now}, ${limitText}">
      ${points ? svg`<polygon class="area" points="${firstX},${HEIGHT} ${points} ${WIDTH},${HEIGHT}" /><polyline class="use" points=${points} />` : nothing}
      ${limitY === null ? nothing : svg`<line class="limit" x1="0" x2=${WIDTH} y1=${limitY} y2=${limitY} />`}
    </svg>
    <span class="limit-text number">${limitText}</span>
  </figure>`;
}

customElements.define("drydock-resources", ResourcesView);
