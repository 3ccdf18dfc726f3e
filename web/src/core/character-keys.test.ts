import { describe, expect, it } from "vitest";

import { setSingleKeysEnabled, type PreferenceStorage, singleKeysEnabled } from "./character-keys.ts";

function shelf(): PreferenceStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

describe("single keys", () => {
  it("work unless somebody turned them off, and can be turned on again", () => {
    const own = shelf();
    expect(singleKeysEnabled(own)).toBe(true);
    setSingleKeysEnabled(own, false);
    expect(singleKeysEnabled(own)).toBe(false);
    setSingleKeysEnabled(own, true);
    expect(singleKeysEnabled(own)).toBe(true);
  });
});
