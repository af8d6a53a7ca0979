import { Store } from "../stores/store.js";

/** Where the dividers stand, in percent. */
export interface Layout {
  /** Width of editor and terminal. */
  x: number;
  /** Height of the editor. */
  y: number;
}

const KEY = "drydock.layout";
const INITIAL: Layout = { x: 56, y: 52 };

export const layout = new Store<Layout>(stored());

layout.onChange((now) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // Storage may be switched off: the layout then lasts as long as the page.
  }
});

function stored(): Layout {
  try {
    const { x, y } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Layout>;
    return { x: inRange(x) ?? INITIAL.x, y: inRange(y) ?? INITIAL.y };
  } catch {
    return INITIAL;
  }
}

function inRange(value: unknown): number | undefined {
  return typeof value === "number" && value >= 20 && value <= 80 ? value : undefined;
}
