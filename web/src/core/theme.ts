/**
 * Whether the page is light or dark: as the system is, or as the user chose. The choice is stored in the browser.
 */
import type { PreferenceStorage } from "./preference-storage.ts";

export type Theme = "light" | "dark";

const STORAGE_KEY = "tintype.theme";

/** The user's choice; null is the system's theme. */
export function readTheme(storage: PreferenceStorage): Theme | null {
  const stored = storage.getItem(STORAGE_KEY);
  return stored === "light" || stored === "dark" ? stored : null;
}

export function storeTheme(storage: PreferenceStorage, theme: Theme | null): void {
  if (theme === null) storage.removeItem(STORAGE_KEY);
  else storage.setItem(STORAGE_KEY, theme);
}
