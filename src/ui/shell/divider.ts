import { css, LitElement } from "lit";

/**
 * A line between two panels that can be moved: by dragging, with arrow keys, Home and End. `value` is the first
 * panel's share in percent; `divide` (detail: share) tells a new one.
 */
export class Divider extends LitElement {
  static override properties = {
    value: { type: Number },
    orientation: { reflect: true },
  };
  declare value: number;
  /** Of the line itself. */
  declare orientation: "vertical" | "horizontal";

  static readonly least = 20;
  static readonly most = 80;

  static override styles = css`
    :host {
      background: transparent;
      display: block;
      position: relative;
      touch-action: none;
      z-index: 1;
    }
    :host::after {
      background: var(--border);
      content: "";
      inset: 0;
      margin: auto;
      position: absolute;
      transition: background 0.15s;
    }
    :host([orientation="vertical"]) {
      cursor: col-resize;
    }
    :host([orientation="vertical"])::after {
      width: 1px;
    }
    :host([orientation="horizontal"]) {
      cursor: row-resize;
    }
    :host([orientation="horizontal"])::after {
      height: 1px;
    }
    :host(:hover)::after,
    :host(:focus-visible)::after {
      background: var(--accent);
    }
    :host(:focus-visible) {
      outline: 2px solid var(--accent);
      outline-offset: -2px;
    }
  `;

  constructor() {
    super();
    this.value = 50;
    this.orientation = "vertical";
    this.addEventListener("pointerdown", (event) => this.#drag(event));
    this.addEventListener("keydown", (event) => this.#onKey(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.tabIndex = 0;
    this.role = "separator";
    this.ariaValueMin = String(Divider.least);
    this.ariaValueMax = String(Divider.most);
  }

  override updated(): void {
    this.ariaOrientation = this.orientation;
    this.ariaValueNow = String(Math.round(this.value));
  }

  #drag(down: PointerEvent): void {
    const box = this.parentElement?.getBoundingClientRect();
    if (!box || down.button !== 0) return;
    this.setPointerCapture(down.pointerId);
    const move = (event: PointerEvent) => {
      const vertical = this.orientation === "vertical";
      const share = vertical ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
      this.#tell(share * 100);
    };
    this.addEventListener("pointermove", move);
    this.addEventListener("lostpointercapture", () => this.removeEventListener("pointermove", move), { once: true });
  }

  #onKey(event: KeyboardEvent): void {
    const [less, more] = this.orientation === "vertical" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const to: Record<string, number> = {
      [less as string]: this.value - 2,
      [more as string]: this.value + 2,
      Home: Divider.least,
      End: Divider.most,
    };
    const share = to[event.key];
    if (share === undefined) return;
    event.preventDefault();
    this.#tell(share);
  }

  #tell(share: number): void {
    const detail = Math.min(Math.max(share, Divider.least), Divider.most);
    this.dispatchEvent(new CustomEvent("divide", { detail }));
  }
}

customElements.define("drydock-divider", Divider);
