/**
 * The browser's storages, which never throw here.
 *
 * A browser that blocks site data throws even when `localStorage` is read, and a full storage refuses to be written. What the
 * browser refuses is kept in memory until the page is closed, so that everything but the next start works.
 */
import type { PreferenceStorage } from "./preference-storage.ts";

export class BrowserStorage implements PreferenceStorage {
  readonly #open: () => PreferenceStorage;
  /** Values that the browser refused, and what it had stored then. */
  readonly #refused = new Map<string, { readonly value: string; readonly stored: string | null }>();

  /** `open` returns the storage, or throws. */
  constructor(open: () => PreferenceStorage) {
    this.#open = open;
  }

  /** A value that was refused counts until another tab stores or removes one. */
  getItem(key: string): string | null {
    const stored = this.#read(key);
    const refused = this.#refused.get(key);
    if (refused?.stored === stored) return refused.value;
    this.#refused.delete(key);
    return stored;
  }

  /** Returns whether the browser has stored the value. */
  setItem(key: string, value: string): boolean {
    const stored = attempt(() => {
      this.#open().setItem(key, value);
      return true;
    });
    if (stored === true) this.#refused.delete(key);
    else this.#refused.set(key, { value, stored: this.#read(key) });
    return stored === true;
  }

  removeItem(key: string): void {
    this.#refused.delete(key);
    attempt(() => {
      this.#open().removeItem(key);
    });
  }

  #read(key: string): string | null {
    return attempt(() => this.#open().getItem(key));
  }
}

/** Shared by all tabs and by the installed app, and kept when they are closed. */
export const deviceStorage = new BrowserStorage(() => localStorage);

/** Of this tab, kept until it is closed. */
export const tabStorage = new BrowserStorage(() => sessionStorage);

/** Calls `onChange` when another tab has changed the storage of the device, or may have while this page was suspended. */
export function watchDeviceStorage(onChange: () => void): void {
  addEventListener("storage", onChange);
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) onChange();
  });
}

function attempt<Result>(action: () => Result): Result | null {
  try {
    return action();
  } catch {
    return null;
  }
}
