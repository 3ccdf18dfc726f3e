/**
 * The setting for single-key shortcuts. Users of speech input, or with a tremor, can turn them off (WCAG 2.2, 2.1.4
 * Character Key Shortcuts). It is stored in the browser.
 */
import type { PreferenceStorage } from "./preference-storage.ts";

const STORAGE_KEY = "tintype.single-keys";

export function singleKeysEnabled(storage: PreferenceStorage): boolean {
  return storage.getItem(STORAGE_KEY) !== "off";
}

export function setSingleKeysEnabled(storage: PreferenceStorage, enabled: boolean): void {
  if (enabled) storage.removeItem(STORAGE_KEY);
  else storage.setItem(STORAGE_KEY, "off");
}

/** Whether a key event is an enabled single-key shortcut, outside text fields. */
export function isSingleKeyShortcut(event: KeyboardEvent, storage: PreferenceStorage): boolean {
  const { ctrlKey, metaKey, altKey, target } = event;
  if (ctrlKey || metaKey || altKey || (target instanceof Element && target.matches("input, textarea, select"))) return false;
  return singleKeysEnabled(storage);
}
