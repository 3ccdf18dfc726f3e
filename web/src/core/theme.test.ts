import { describe, expect, it } from "vitest";

import { createStorage } from "../fakes/preference-storage.ts";
import { readTheme, storeTheme } from "./theme.ts";

describe("the theme", () => {
  it("is the system's until one is chosen", () => {
    const storage = createStorage();
    expect(readTheme(storage)).toBeNull();
    storeTheme(storage, "dark");
    expect(readTheme(storage)).toBe("dark");
    storeTheme(storage, null);
    expect(readTheme(storage)).toBeNull();
  });

  it("ignores what it does not know", () => {
    const storage = createStorage();
    storage.setItem("tintype.theme", "sepia");
    expect(readTheme(storage)).toBeNull();
  });
});
