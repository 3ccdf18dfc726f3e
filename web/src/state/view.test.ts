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
  isSameView,
  type View,
  removeTerm,
  addTerm,
  addTerms,
} from "./view.ts";

const MINE = allPhotos("mine");
const PUBLIC = allPhotos("public");
const LAKE = tagView(MINE, "Lake");
const included = (tag: string) => ({ tag, excluded: false });
const excluded = (tag: string) => ({ tag, excluded: true });

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
      { ...LAKE, words: ["dog"] },
      { ...LAKE, on: "01-05" },
      { ...LAKE, favorite: true },
      { ...LAKE, place: "Lisbon" },
      { ...LAKE, order: "added" },
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
    expect([viewIncludes({ ...MINE, on: "01-05" }, lake), viewIncludes({ ...MINE, on: "01-06" }, lake)]).toEqual([true, false]);
  });
});
