import { describe, expect, it } from "vitest";

import { createStorage } from "../fakes/preference-storage.ts";
import { BrowserStorage } from "./browser-storage.ts";

const refuse = () => {
  throw new Error("The operation is insecure.");
};

describe("a storage of the browser", () => {
  it("stores values", () => {
    const items = createStorage();
    const storage = new BrowserStorage(() => items);
    expect(storage.setItem("a", "1")).toBe(true);
    expect(items.getItem("a")).toBe("1");
    expect(storage.getItem("a")).toBe("1");
    storage.removeItem("a");
    expect(items.getItem("a")).toBeNull();
  });

  it("keeps values in memory if the browser blocks it", () => {
    const storage = new BrowserStorage(refuse);
    expect(storage.getItem("a")).toBeNull();
    expect(storage.setItem("a", "1")).toBe(false);
    expect(storage.getItem("a")).toBe("1");
    storage.removeItem("a");
    expect(storage.getItem("a")).toBeNull();
  });

  it("follows another tab that changes a value after a write was refused", () => {
    for (const change of ["3", null]) {
      const items = createStorage();
      items.setItem("a", "1");
      const storage = new BrowserStorage(() => ({ ...items, setItem: refuse }));
      storage.setItem("a", "2");
      if (change === null) items.removeItem("a");
      else items.setItem("a", change);
      expect(storage.getItem("a")).toBe(change);
      items.setItem("a", "1");
      expect(storage.getItem("a")).toBe("1");
    }
  });

  it("returns the newest value after a write was refused", () => {
    const items = createStorage();
    let isFull = false;
    const storage = new BrowserStorage(() => ({ ...items, setItem: isFull ? refuse : items.setItem }));
    storage.setItem("a", "1");
    isFull = true;
    expect(storage.setItem("a", "2")).toBe(false);
    expect(storage.getItem("a")).toBe("2");
    isFull = false;
    storage.setItem("a", "3");
    expect(storage.getItem("a")).toBe("3");
    expect(items.getItem("a")).toBe("3");
  });
});
