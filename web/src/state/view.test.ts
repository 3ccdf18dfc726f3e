import { describe, expect, it } from "vitest";

import { photo } from "../fakes/photos.ts";
import {
  aside, belongs, between, everything, hasTerm, isNarrowed, isOneTag, isOwnTimeline, onlyTag, readOrder, readView, sameView, type View, withoutTerm, withTerm,
  withTerms, writeView,
} from "./view.ts";

const MINE = everything("mine");
const PUBLIC = everything("public");
const LAKE = onlyTag(MINE, "Lake");
const wanted = (tag: string) => ({ tag, without: false });
const unwanted = (tag: string) => ({ tag, without: true });

describe("an address", () => {
  it("shows a person's own photos unless it asks for public ones", () => {
    expect(readView("", true)).toEqual(MINE);
    expect(readView("?scope=public", true)).toEqual(PUBLIC);
  });

  it("shows public photos to whoever is not signed in, whatever it asks for", () => {
    expect(readView("?scope=mine", false).scope).toBe("public");
    for (const state of ["rejected", "trashed"]) expect(readView(`?state=${state}`, false)).toEqual(PUBLIC);
  });

  it("may ask for a tag, and an empty one is none", () => {
    expect(readView("?tag=golden+hour", true)).toEqual(onlyTag(MINE, "golden hour"));
    expect(readView("?tag=%20", true)).toEqual(MINE);
  });

  it("asks for each tag once, and never with and without it", () => {
    const view = readView("?tag=a&tag=A&tag=b&not=c&not=B&match=any", true);
    expect(view).toMatchObject({ tags: ["a", "b"], without: ["c"], match: "any" });
  });

  it("asks for no more tags than the library takes", () => {
    const tags = Array.from({ length: 12 }, (_, place) => `tag=t${place}`).join("&");
    expect(readView(`?${tags}`, true).tags).toHaveLength(10);
  });

  it("has tags or days, and of days only such as there are, the earlier first", () => {
    expect(readView("?tag=a&from=2026-01-01", true)).toEqual(onlyTag(MINE, "a"));
    expect(readView("?from=2026-02-30&to=yesterday", true)).toEqual(MINE);
    expect(readView("?from=2026-03-01&to=2026-01-01", true)).toMatchObject({ from: "2026-01-01", to: "2026-03-01" });
  });

  it("leaves nothing out of a timeline", () => {
    expect(readView("?not=people", true)).toEqual(MINE);
  });

  it("leads back to the view it was written for", () => {
    const views: View[] = [
      MINE,
      onlyTag(PUBLIC, "café & bar"),
      { ...MINE, tags: ["a", "b"], match: "any", without: ["c"] },
      between(PUBLIC, "2026-01-01", null),
      aside("rejected"),
    ];
    for (const view of views) expect(readView(writeView(view, true), true)).toEqual(view);
  });

  it("is as short as it can be", () => {
    expect(writeView(MINE, true)).toBe("");
    expect(writeView(PUBLIC, false)).toBe("");
    expect(writeView(onlyTag(PUBLIC, "lake"), true)).toBe("?tag=lake&scope=public");
  });

  it("keeps the order of the trending tags", () => {
    expect(writeView(MINE, true, "heat")).toBe("?order=heat");
    expect([readOrder("?order=heat"), readOrder("?order=odd"), readOrder("")]).toEqual(["heat", "count", "count"]);
  });
});

describe("a search", () => {
  it("grows by terms, what is wanted first", () => {
    const view = withTerms(MINE, [unwanted("people"), wanted("lake"), wanted("snow")]);
    expect(view).toMatchObject({ tags: ["lake", "snow"], without: ["people"], match: "all" });
  });

  it("is of one tag alone, or not", () => {
    const views = [LAKE, MINE, withTerm(LAKE, wanted("snow")), withTerm(LAKE, unwanted("snow"))];
    expect(views.map(isOneTag)).toEqual([true, false, false, false]);
  });

  it("cannot be of what is unwanted alone", () => {
    expect(hasTerm(withTerm(MINE, unwanted("people")), unwanted("people"))).toBe(false);
  });

  it("turns a tag from wanted to unwanted, and back", () => {
    const view = withTerms(MINE, [wanted("lake"), wanted("snow")]);
    expect(withTerm(view, unwanted("Snow"))).toMatchObject({ tags: ["lake"], without: ["Snow"] });
    expect(withTerm(withTerm(view, unwanted("snow")), wanted("snow"))).toEqual(view);
  });

  it("shrinks tag by tag, back to everything", () => {
    const view = withTerms({ ...MINE, match: "any" }, [wanted("lake"), wanted("snow"), unwanted("people")]);
    expect(withoutTerm(view, "LAKE")).toMatchObject({ tags: ["snow"], match: "all", without: ["people"] });
    expect(withoutTerm(withoutTerm(view, "lake"), "snow")).toEqual(MINE);
  });

  it("leaves days behind, and days leave it behind", () => {
    const days = between(MINE, "2026-01-01", "2026-01-31");
    expect(withTerm(days, wanted("lake"))).toEqual(onlyTag(MINE, "lake"));
    expect(between(LAKE, "2026-01-01", "2026-01-31")).toEqual(days);
  });

  it("narrows, and so do days and what was rejected", () => {
    const narrow = [LAKE, between(MINE, null, "2026-01-31"), aside("rejected")];
    expect([MINE, ...narrow].map(isNarrowed)).toEqual([false, true, true, true]);
    expect([MINE, everything("public"), ...narrow].map(isOwnTimeline)).toEqual([true, false, false, false, false]);
  });
});

describe("two views", () => {
  it("are one if their tags differ in case, width or order only", () => {
    expect(sameView(onlyTag(MINE, "Beach"), onlyTag(MINE, "ｂeach "))).toBe(true);
    expect(sameView({ ...MINE, tags: ["a", "b"] }, { ...MINE, tags: ["b", "a"] })).toBe(true);
  });

  it("are two if anything else differs", () => {
    const others: View[] = [
      onlyTag(PUBLIC, "lake"), MINE, { ...LAKE, tags: ["lake", "a"] }, { ...LAKE, without: ["a"] },
      { ...LAKE, match: "any" }, between(MINE, "2026-01-01", null), aside("rejected"),
    ];
    for (const other of others) expect(sameView(LAKE, other)).toBe(false);
  });
});

describe("a photo", () => {
  const lake = photo("a", 5, { tags: ["lake", "snow"] });

  it("belongs to a view by scope and state", () => {
    expect(belongs(MINE, lake)).toBe(true);
    expect(belongs(PUBLIC, lake)).toBe(false);
    expect(belongs(PUBLIC, photo("c", 1, { status: "public", mine: false }))).toBe(true);
    expect(belongs(MINE, photo("c", 1, { status: "public", mine: false }))).toBe(false);
    const rejected = photo("d", 1, { state: "rejected" });
    expect(belongs(MINE, rejected)).toBe(false);
    expect(belongs(aside("rejected"), rejected)).toBe(true);
    expect(belongs(aside("rejected"), lake)).toBe(false);
  });

  it("belongs by its tags", () => {
    const asked = (tags: string[], match: "all" | "any", without: string[] = []) => ({ ...MINE, tags, match, without });
    expect(belongs(LAKE, lake)).toBe(true);
    expect(belongs(LAKE, photo("b"))).toBe(false);
    expect(belongs(asked(["lake", "sea"], "all"), lake)).toBe(false);
    expect(belongs(asked(["lake", "sea"], "any"), lake)).toBe(true);
    expect(belongs(asked(["lake"], "all", ["Snow"]), lake)).toBe(false);
  });

  it("belongs by its day, the first and the last included", () => {
    expect(belongs(between(MINE, "2026-01-05", "2026-01-05"), lake)).toBe(true);
    expect(belongs(between(MINE, "2026-01-06", null), lake)).toBe(false);
    expect(belongs(between(MINE, null, "2026-01-04"), lake)).toBe(false);
  });
});
