/** Light or dark: the system's choice until the reader makes one. */
import { Store } from "../stores/store.js";

export type ThemeChoice = "system" | "light" | "dark";
export type Scheme = "light" | "dark";

const KEY = "drydock.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

export const themeChoice = new Store<ThemeChoice>(storedChoice());
/** What the choice comes to now. */
export const scheme = new Store<Scheme>(resolve(themeChoice.value));

/** Applies the choice to the document, and follows the system while that is the choice. */
export function startTheme(): void {
  const apply = () => {
    const choice = themeChoice.value;
    if (choice === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    scheme.set(resolve(choice));
  };
  themeChoice.onChange(apply);
  systemDark.addEventListener("change", apply);
  apply();
}

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.set(choice);
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Storage may be switched off: the choice then lasts as long as the page.
  }
}

function resolve(choice: ThemeChoice): Scheme {
  if (choice !== "system") return choice;
  return systemDark.matches ? "dark" : "light";
}

function storedChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}
