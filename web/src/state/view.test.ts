import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import {
  photosInState, viewIncludes, dateView, allPhotos, hasTerm, isFiltered, isOneTag, isOwnTimeline, tagView, parseOrder, parseView, isSameView, type View, removeTerm, addTerm,
  addTerms, viewQuery,
} from "./view.ts";

const MINE = allPhotos("mine");
const PUBLIC = allPhotos("public");
const LAKE = tagView(MINE, "Lake");
const wanted = (tag: string) => ({ tag, excluded: false });
const unwanted = (tag: string) => ({ tag, excluded: true });

describe("an address", () => {
  it("shows a person's own photos unless it asks for public ones", () => {
    expect(parseView("", true)).toEqual(MINE);
    expect(parseView("?scope=public", true)).toEqual(PUBLIC);
  });

  it("shows public photos to whoever is not signed in, whatever it asks for", () => {
    expect(parseView("?scope=mine", false).scope).toBe("public");
    for (const state of ["rejected", "trashed"]) expect(parseView(`?state=${state}`, false)).toEqual(PUBLIC);
  });

  it("may ask for a tag, and an empty one is none", () => {
    expect(parseView("?tag=golden+hour", true)).toEqual(tagView(MINE, "golden hour"));
    expect(parseView("?tag=%20", true)).toEqual(MINE);
  });

  it("asks for each tag once, and never with and without it", () => {
    const view = parseView("?tag=a&tag=A&tag=b&not=c&not=B&match=any", true);
    expect(view).toMatchObject({ tags: ["a", "b"], excluded: ["c"], match: "any" });
  });

  it("asks for no more tags than the library takes", () => {
    const tags = Array.from({ length: 12 }, (_, place) => `tag=t${place}`).join("&");
    expect(parseView(`?${tags}`, true).tags).toHaveLength(10);
  });

  it("has tags or days, and of days only such as there are, the earlier first", () => {
    expect(parseView("?tag=a&from=2026-01-01", true)).toEqual(tagView(MINE, "a"));
    expect(parseView("?from=2026-02-30&to=yesterday", true)).toEqual(MINE);
    expect(parseView("?from=2026-03-01&to=2026-01-01", true)).toMatchObject({ from: "2026-01-01", to: "2026-03-01" });
  });

  it("leaves nothing out of a timeline", () => {
    expect(parseView("?not=people", true)).toEqual(MINE);
  });

  it("leads back to the view it was written for", () => {
    const views: View[] = [
      MINE,
      tagView(PUBLIC, "café & bar"),
      { ...MINE, tags: ["a", "b"], match: "any", excluded: ["c"] },
      dateView(PUBLIC, "2026-01-01", null),
      photosInState("rejected"),
    ];
    for (const view of views) expect(parseView(viewQuery(view, true), true)).toEqual(view);
  });

  it("is as short as it can be", () => {
    expect(viewQuery(MINE, true)).toBe("");
    expect(viewQuery(PUBLIC, false)).toBe("");
    expect(viewQuery(tagView(PUBLIC, "lake"), true)).toBe("?tag=lake&scope=public");
  });

  it("keeps the order of the trending tags", () => {
    expect(viewQuery(MINE, true, "heat")).toBe("?order=heat");
    expect([parseOrder("?order=heat"), parseOrder("?order=odd"), parseOrder("")]).toEqual(["heat", "count", "count"]);
  });
});

describe("a search", () => {
  it("grows by terms, what is wanted first", () => {
    const view = addTerms(MINE, [unwanted("people"), wanted("lake"), wanted("snow")]);
    expect(view).toMatchObject({ tags: ["lake", "snow"], excluded: ["people"], match: "all" });
  });

  it("is of one tag alone, or not", () => {
    const views = [LAKE, MINE, addTerm(LAKE, wanted("snow")), addTerm(LAKE, unwanted("snow"))];
    expect(views.map(isOneTag)).toEqual([true, false, false, false]);
  });

  it("cannot be of what is unwanted alone", () => {
    expect(hasTerm(addTerm(MINE, unwanted("people")), unwanted("people"))).toBe(false);
  });

  it("turns a tag from wanted to unwanted, and back", () => {
    const view = addTerms(MINE, [wanted("lake"), wanted("snow")]);
    expect(addTerm(view, unwanted("Snow"))).toMatchObject({ tags: ["lake"], excluded: ["Snow"] });
    expect(addTerm(addTerm(view, unwanted("snow")), wanted("snow"))).toEqual(view);
  });

  it("shrinks tag by tag, back to everything", () => {
    const view = addTerms({ ...MINE, match: "any" }, [wanted("lake"), wanted("snow"), unwanted("people")]);
    expect(removeTerm(view, "LAKE")).toMatchObject({ tags: ["snow"], match: "all", excluded: ["people"] });
    expect(removeTerm(removeTerm(view, "lake"), "snow")).toEqual(MINE);
  });

  it("leaves days behind, and days leave it behind", () => {
    const days = dateView(MINE, "2026-01-01", "2026-01-31");
    expect(addTerm(days, wanted("lake"))).toEqual(tagView(MINE, "lake"));
    expect(dateView(LAKE, "2026-01-01", "2026-01-31")).toEqual(days);
  });

  it("narrows, and so do days and what was rejected", () => {
    const narrow = [LAKE, dateView(MINE, null, "2026-01-31"), photosInState("rejected")];
    expect([MINE, ...narrow].map(isFiltered)).toEqual([false, true, true, true]);
    expect([MINE, allPhotos("public"), ...narrow].map(isOwnTimeline)).toEqual([true, false, false, false, false]);
  });
});

describe("two views", () => {
  it("are one if their tags differ in case, width or order only", () => {
    expect(isSameView(tagView(MINE, "Beach"), tagView(MINE, "ｂeach "))).toBe(true);
    expect(isSameView({ ...MINE, tags: ["a", "b"] }, { ...MINE, tags: ["b", "a"] })).toBe(true);
  });

  it("are two if anything else differs", () => {
    const others: View[] = [
      tagView(PUBLIC, "lake"), MINE, { ...LAKE, tags: ["lake", "a"] }, { ...LAKE, excluded: ["a"] },
      { ...LAKE, match: "any" }, dateView(MINE, "2026-01-01", null), photosInState("rejected"),
    ];
    for (const other of others) expect(isSameView(LAKE, other)).toBe(false);
  });
});

describe("a photo", () => {
  const lake = makePhoto("a", 5, { tags: ["lake", "snow"] });

  it("belongs to a view by scope and state", () => {
    expect(viewIncludes(MINE, lake)).toBe(true);
    expect(viewIncludes(PUBLIC, lake)).toBe(false);
    expect(viewIncludes(PUBLIC, makePhoto("c", 1, { status: "public", mine: false }))).toBe(true);
    expect(viewIncludes(MINE, makePhoto("c", 1, { status: "public", mine: false }))).toBe(false);
    const rejected = makePhoto("d", 1, { state: "rejected" });
    expect(viewIncludes(MINE, rejected)).toBe(false);
    expect(viewIncludes(photosInState("rejected"), rejected)).toBe(true);
    expect(viewIncludes(photosInState("rejected"), lake)).toBe(false);
  });

  it("belongs by its tags", () => {
    const asked = (tags: string[], match: "all" | "any", excluded: string[] = []) => ({ ...MINE, tags, match, excluded });
    expect(viewIncludes(LAKE, lake)).toBe(true);
    expect(viewIncludes(LAKE, makePhoto("b"))).toBe(false);
    expect(viewIncludes(asked(["lake", "sea"], "all"), lake)).toBe(false);
    expect(viewIncludes(asked(["lake", "sea"], "any"), lake)).toBe(true);
    expect(viewIncludes(asked(["lake"], "all", ["Snow"]), lake)).toBe(false);
  });

  it("belongs by its day, the first and the last included", () => {
    expect(viewIncludes(dateView(MINE, "2026-01-05", "2026-01-05"), lake)).toBe(true);
    expect(viewIncludes(dateView(MINE, "2026-01-06", null), lake)).toBe(false);
    expect(viewIncludes(dateView(MINE, null, "2026-01-04"), lake)).toBe(false);
  });
});
