import { describe, expect, it } from "vitest";

import { readView, sameView, writeView } from "./view.ts";

describe("an address", () => {
  it("shows a person's own photos unless it asks for public ones", () => {
    expect(readView("", true)).toEqual({ scope: "mine", tag: null });
    expect(readView("?scope=public", true)).toEqual({ scope: "public", tag: null });
  });

  it("shows public photos to whoever is not signed in, whatever it asks for", () => {
    expect(readView("?scope=mine", false).scope).toBe("public");
  });

  it("may ask for a tag, and an empty one is none", () => {
    expect(readView("?tag=golden+hour", true).tag).toBe("golden hour");
    expect(readView("?tag=%20", true).tag).toBeNull();
  });

  it("leads back to the view it was written for", () => {
    for (const view of [
      { scope: "mine", tag: null },
      { scope: "public", tag: "café & bar" },
    ] as const) {
      expect(readView(writeView(view, true), true)).toEqual(view);
    }
  });

  it("is as short as it can be", () => {
    expect(writeView({ scope: "mine", tag: null }, true)).toBe("");
    expect(writeView({ scope: "public", tag: null }, false)).toBe("");
    expect(writeView({ scope: "public", tag: "lake" }, true)).toBe("?tag=lake&scope=public");
  });
});

describe("two views", () => {
  it("are one if their tags differ in case or width only", () => {
    expect(sameView({ scope: "mine", tag: "Beach" }, { scope: "mine", tag: "ｂeach " })).toBe(true);
  });

  it("are two if scope or tag differ", () => {
    expect(sameView({ scope: "mine", tag: "a" }, { scope: "public", tag: "a" })).toBe(false);
    expect(sameView({ scope: "mine", tag: "a" }, { scope: "mine", tag: null })).toBe(false);
  });
});
