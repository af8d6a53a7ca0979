import { Store } from "../stores/store.js";

const KEY = "drydock.screen-reader";

/** Whether the terminal keeps a text of what it shows for screen readers; that makes much output slower. */
export const screenReaderMode = new Store(stored());

export function setScreenReaderMode(on: boolean): void {
  screenReaderMode.set(on);
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // Storage may be switched off: the choice then lasts as long as the page.
  }
}

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}
