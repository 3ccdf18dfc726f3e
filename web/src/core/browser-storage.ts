/**
 * The browser's storages, which never throw here.
 *
 * A browser that blocks site data throws even when `localStorage` is read, and a full storage refuses to be written. What the
 * browser refuses is kept in memory until the page is closed, so that everything but the next start works.
 */
import type { PreferenceStorage } from "./preference-storage.ts";

export class BrowserStorage implements PreferenceStorage {
  readonly #open: () => PreferenceStorage;
  readonly #refused = new Map<string, string>();

  /** `open` returns the storage, or throws. */
  constructor(open: () => PreferenceStorage) {
    this.#open = open;
  }

  getItem(key: string): string | null {
    return this.#refused.get(key) ?? attempt(() => this.#open().getItem(key)) ?? null;
  }

  /** Returns whether the browser has stored the value. */
  setItem(key: string, value: string): boolean {
    const stored = attempt(() => {
      this.#open().setItem(key, value);
      return true;
    });
    if (stored === true) this.#refused.delete(key);
    else this.#refused.set(key, value);
    return stored === true;
  }

  removeItem(key: string): void {
    this.#refused.delete(key);
    attempt(() => {
      this.#open().removeItem(key);
    });
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
