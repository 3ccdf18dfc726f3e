/**
 * Whether keys without Ctrl or Alt do something on the page: who speaks to their computer, or whose hands tremble,
 * can turn that off (WCAG 2.2, 2.1.4 Character Key Shortcuts). Kept in the browser.
 */
const NAME = "tintype.single-keys";

/** Where it is kept: the part of `localStorage` that is needed. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function singleKeysWork(shelf: Shelf): boolean {
  return shelf.getItem(NAME) !== "off";
}

export function setSingleKeys(shelf: Shelf, work: boolean): void {
  if (work) shelf.removeItem(NAME);
  else shelf.setItem(NAME, "off");
}

/** Whether a key event is such a key, pressed while it works, outside of fields. */
export function isSingleKey(event: KeyboardEvent, shelf: Shelf): boolean {
  const { ctrlKey, metaKey, altKey, target } = event;
  if (ctrlKey || metaKey || altKey || (target instanceof Element && target.matches("input, textarea, select"))) return false;
  return singleKeysWork(shelf);
}
