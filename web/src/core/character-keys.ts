/**
 * Whether keys without Ctrl or Alt do something on the page: who speaks to their computer, or whose hands tremble,
 * can turn that off (WCAG 2.2, 2.1.4 Character Key Shortcuts). Kept in the browser.
 */
const STORAGE_KEY = "tintype.single-keys";

/** Where it is kept: the part of `localStorage` that is needed. */
export type PreferenceStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function singleKeysEnabled(shelf: PreferenceStorage): boolean {
  return shelf.getItem(STORAGE_KEY) !== "off";
}

export function setSingleKeysEnabled(shelf: PreferenceStorage, work: boolean): void {
  if (work) shelf.removeItem(STORAGE_KEY);
  else shelf.setItem(STORAGE_KEY, "off");
}

/** Whether a key event is such a key, pressed while it works, outside of fields. */
export function isSingleKeyShortcut(event: KeyboardEvent, shelf: PreferenceStorage): boolean {
  const { ctrlKey, metaKey, altKey, target } = event;
  if (ctrlKey || metaKey || altKey || (target instanceof Element && target.matches("input, textarea, select"))) return false;
  return singleKeysEnabled(shelf);
}
