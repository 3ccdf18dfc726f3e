import { describe, expect, it } from "vitest";

import { createStorage } from "../fakes/preference-storage.ts";
import { setSingleKeysEnabled, singleKeysEnabled } from "./character-keys.ts";

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
