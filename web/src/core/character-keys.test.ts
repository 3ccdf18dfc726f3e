import { describe, expect, it } from "vitest";

import { setSingleKeys, type Shelf, singleKeysWork } from "./character-keys.ts";

function shelf(): Shelf {
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
    expect(singleKeysWork(own)).toBe(true);
    setSingleKeys(own, false);
    expect(singleKeysWork(own)).toBe(false);
    setSingleKeys(own, true);
    expect(singleKeysWork(own)).toBe(true);
  });
});
