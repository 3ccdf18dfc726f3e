import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import {
  photosInState,
  viewIncludes,
  dateView,
  allPhotos,
  hasTerm,
  isFiltered,
  isOneTag,
  isOwnTimeline,
  tagView,
  parseOrder,
  parseView,
  isSameView,
  type View,
  removeTerm,
  addTerm,
  addTerms,
  viewQuery,
} from "./view.ts";

const MINE = allPhotos("mine");
const PUBLIC = allPhotos("public");
const LAKE = tagView(MINE, "Lake");
const included = (tag: string) => ({ tag, excluded: false });
const excluded = (tag: string) => ({ tag, excluded: true });

describe("a URL", () => {
  it("shows the user's own photos unless it asks for public ones", () => {
    expect(parseView("", true)).toEqual(MINE);
    expect(parseView("?scope=public", true)).toEqual(PUBLIC);
  });

  it("shows public photos if the user is not signed in", () => {
    expect(parseView("?scope=mine", false).scope).toBe("public");
    for (const state of ["rejected", "trashed"]) expect(parseView(`?state=${state}`, false)).toEqual(PUBLIC);
  });

  it("can have a tag, but not an empty one", () => {
    expect(parseView("?tag=golden+hour", true)).toEqual(tagView(MINE, "golden hour"));
    expect(parseView("?tag=%20", true)).toEqual(MINE);
  });

  it("has each tag once, never searched for and excluded", () => {
    const view = parseView("?tag=a&tag=A&tag=b&not=c&not=B&match=any", true);
    expect(view).toMatchObject({ tags: ["a", "b"], excluded: ["c"], match: "any" });
  });

  it("has a limited number of tags", () => {
    const tags = Array.from({ length: 12 }, (_, index) => `tag=t${index}`).join("&");
    expect(parseView(`?${tags}`, true).tags).toHaveLength(10);
  });

  it("has tags or days, only valid days, the earlier first", () => {
    expect(parseView("?tag=a&from=2026-01-01", true)).toEqual(tagView(MINE, "a"));
    expect(parseView("?from=2026-02-30&to=yesterday", true)).toEqual(MINE);
    expect(parseView("?from=2026-03-01&to=2026-01-01", true)).toMatchObject({ from: "2026-01-01", to: "2026-03-01" });
  });

  it("excludes no tags from a timeline", () => {
    expect(parseView("?not=people", true)).toEqual(MINE);
  });

  it("round-trips a view", () => {
    const views: View[] = [
      MINE,
      tagView(PUBLIC, "café & bar"),
      { ...MINE, tags: ["a", "b"], match: "any", excluded: ["c"] },
      dateView(PUBLIC, "2026-01-01", null),
      photosInState("rejected"),
    ];
    for (const view of views) expect(parseView(viewQuery(view, true), true)).toEqual(view);
  });

  it("is as short as possible", () => {
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
  it("grows by terms, excluded tags last", () => {
    const view = addTerms(MINE, [excluded("people"), included("lake"), included("snow")]);
    expect(view).toMatchObject({ tags: ["lake", "snow"], excluded: ["people"], match: "all" });
  });

  it("is of a single tag or not", () => {
    const views = [LAKE, MINE, addTerm(LAKE, included("snow")), addTerm(LAKE, excluded("snow"))];
    expect(views.map(isOneTag)).toEqual([true, false, false, false]);
  });

  it("cannot only exclude tags", () => {
    expect(hasTerm(addTerm(MINE, excluded("people")), excluded("people"))).toBe(false);
  });

  it("switches a tag between searched for and excluded", () => {
    const view = addTerms(MINE, [included("lake"), included("snow")]);
    expect(addTerm(view, excluded("Snow"))).toMatchObject({ tags: ["lake"], excluded: ["Snow"] });
    expect(addTerm(addTerm(view, excluded("snow")), included("snow"))).toEqual(view);
  });

  it("shrinks tag by tag to all photos", () => {
    const view = addTerms({ ...MINE, match: "any" }, [included("lake"), included("snow"), excluded("people")]);
    expect(removeTerm(view, "LAKE")).toMatchObject({ tags: ["snow"], match: "all", excluded: ["people"] });
    expect(removeTerm(removeTerm(view, "lake"), "snow")).toEqual(MINE);
  });

  it("replaces days, and days replace it", () => {
    const days = dateView(MINE, "2026-01-01", "2026-01-31");
    expect(addTerm(days, included("lake"))).toEqual(tagView(MINE, "lake"));
    expect(dateView(LAKE, "2026-01-01", "2026-01-31")).toEqual(days);
  });

  it("filters the photos, as days and states do", () => {
    const narrow = [LAKE, dateView(MINE, null, "2026-01-31"), photosInState("rejected")];
    expect([MINE, ...narrow].map(isFiltered)).toEqual([false, true, true, true]);
    expect([MINE, allPhotos("public"), ...narrow].map(isOwnTimeline)).toEqual([true, false, false, false, false]);
  });
});

describe("two views", () => {
  it("are equal if their tags differ only in case, width or order", () => {
    expect(isSameView(tagView(MINE, "Beach"), tagView(MINE, "ｂeach "))).toBe(true);
    expect(isSameView({ ...MINE, tags: ["a", "b"] }, { ...MINE, tags: ["b", "a"] })).toBe(true);
  });

  it("differ if anything else differs", () => {
    const others: View[] = [
      tagView(PUBLIC, "lake"),
      MINE,
      { ...LAKE, tags: ["lake", "a"] },
      { ...LAKE, excluded: ["a"] },
      { ...LAKE, match: "any" },
      dateView(MINE, "2026-01-01", null),
      photosInState("rejected"),
    ];
    for (const other of others) expect(isSameView(LAKE, other)).toBe(false);
  });
});

describe("viewIncludes", () => {
  const lake = makePhoto("a", 5, { tags: ["lake", "snow"] });

  it("checks scope and state", () => {
    expect(viewIncludes(MINE, lake)).toBe(true);
    expect(viewIncludes(PUBLIC, lake)).toBe(false);
    expect(viewIncludes(PUBLIC, makePhoto("c", 1, { status: "public", mine: false }))).toBe(true);
    expect(viewIncludes(MINE, makePhoto("c", 1, { status: "public", mine: false }))).toBe(false);
    const rejected = makePhoto("d", 1, { state: "rejected" });
    expect(viewIncludes(MINE, rejected)).toBe(false);
    expect(viewIncludes(photosInState("rejected"), rejected)).toBe(true);
    expect(viewIncludes(photosInState("rejected"), lake)).toBe(false);
  });

  it("checks tags", () => {
    const searchView = (tags: string[], match: "all" | "any", excluded: string[] = []) => ({ ...MINE, tags, match, excluded });
    expect(viewIncludes(LAKE, lake)).toBe(true);
    expect(viewIncludes(LAKE, makePhoto("b"))).toBe(false);
    expect(viewIncludes(searchView(["lake", "sea"], "all"), lake)).toBe(false);
    expect(viewIncludes(searchView(["lake", "sea"], "any"), lake)).toBe(true);
    expect(viewIncludes(searchView(["lake"], "all", ["Snow"]), lake)).toBe(false);
  });

  it("checks days, the first and the last included", () => {
    expect(viewIncludes(dateView(MINE, "2026-01-05", "2026-01-05"), lake)).toBe(true);
    expect(viewIncludes(dateView(MINE, "2026-01-06", null), lake)).toBe(false);
    expect(viewIncludes(dateView(MINE, null, "2026-01-04"), lake)).toBe(false);
  });
});
