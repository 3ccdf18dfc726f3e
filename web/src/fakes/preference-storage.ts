/**
 * Preferences in memory.
 */
import type { PreferenceStorage } from "../core/preference-storage.ts";

export function createStorage(): PreferenceStorage {
  const items = new Map<string, string>();
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
  };
}
