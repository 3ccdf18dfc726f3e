/**
 * Leaving the page when its user has signed out, or another one has signed in, here or in another tab.
 *
 * Only a new document has nothing of the former user: no photo, dialog, upload or response that is under way. The browser may keep
 * the old one for Back, and a new one may take seconds to load, so the old one is hidden first.
 */

/** Hides everything, also what is added later. */
export function hidePage(): void {
  document.body.style.setProperty("display", "none", "important");
}

/** Opens an address in place of this page. */
export function leavePage(address: string): void {
  hidePage();
  location.replace(address);
}
