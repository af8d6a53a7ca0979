import { css, html, nothing } from "lit";
import { ModelElement } from "../stores/model-element.js";
import { controls } from "../theme/controls.js";
import { type BuildPlan, buildPlan } from "./build-plan.js";

/** What the Build button will do, from the Dockerfile alone: the machine is not needed for it. */
export class PlanView extends ModelElement {
  static override styles = [
    controls,
    css`
      section {
        display: grid;
        gap: 10px;
      }
      h3 {
        font-size: 15px;
        margin: 0;
      }
      p {
        margin: 0;
      }
      ol {
        display: grid;
        gap: 8px;
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        background: var(--surface);
        border: 1px dashed var(--border);
        border-radius: var(--radius);
        display: grid;
        gap: 4px;
        padding: 8px 12px;
      }
      code {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  #planned: { dockerfile: string; plan: BuildPlan } | undefined;

  protected override watched() {
    return [this.model.workspace.dockerfile];
  }

  override render() {
    const dockerfile = this.model.workspace.dockerfile.value;
    if (dockerfile === undefined) return nothing;
    const plan = this.#planOf(dockerfile);
    if ("error" in plan) return html`<section><h3>No image yet</h3><p>Build will fail: ${plan.error}</p></section>`;
    return html`<section aria-label="What Build will do">
      <h3>What Build will do</h3>
      <p class="quiet">No image yet. Each instruction works on what the ones before have left; the layers will be shown here.</p>
      <ol>
        ${plan.steps.map(
          ({ keyword, rest, summary }) => html`<li>
            <code title=${rest}><b>${keyword}</b> ${rest}</code>
            <span class="quiet">${summary}</span>
          </li>`,
        )}
      </ol>
      <p class="quiet">Or type <code>docker pull busybox</code> in the terminal for an image that is made already.</p>
    </section>`;
  }

  /** Read once: the machine's start renders the views often. */
  #planOf(dockerfile: string): BuildPlan {
    if (this.#planned?.dockerfile !== dockerfile) this.#planned = { dockerfile, plan: buildPlan(dockerfile) };
    return this.#planned.plan;
  }
}

customElements.define("drydock-plan", PlanView);
