/**
 * Where preferences are stored in the browser.
 */

/** The methods of `localStorage` that preferences need. */
export type PreferenceStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;
