import { describe, expect, it } from "vitest";

import { setSingleKeysEnabled, type PreferenceStorage, singleKeysEnabled } from "./character-keys.ts";

function createStorage(): PreferenceStorage {
  const items = new Map<string, string>();
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
  };
}

describe("single-key shortcuts", () => {
  it("are enabled until the user disables them, and can be enabled again", () => {
    const own = createStorage();
    expect(singleKeysEnabled(own)).toBe(true);
    setSingleKeysEnabled(own, false);
    expect(singleKeysEnabled(own)).toBe(false);
    setSingleKeysEnabled(own, true);
    expect(singleKeysEnabled(own)).toBe(true);
  });
});
