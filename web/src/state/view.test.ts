import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import type { SearchTerm } from "./search-terms.ts";
import {
  albumView,
  normalizeView,
  photoOrder,
  withoutSearch,
  photosInState,
  viewIncludes,
  dateView,
  allPhotos,
  hasTerm,
  isFiltered,
  isOneTag,
  isOwnTimeline,
  isTimeline,
  onThisDay,
  recentlyAdded,
  tagView,
  isSameView,
  isTagSearch,
  viewYear,
  withScope,
  yearView,
  addWords,
  type View,
  removeTerm,
  addTerm,
} from "./view.ts";

const MINE = allPhotos("mine");
const PUBLIC = allPhotos("public");
const LAKE = tagView(MINE, "Lake");
const addTerms = (view: View, terms: readonly SearchTerm[]) => terms.reduce(addTerm, view);
const included = (tag: string) => ({ tag, excluded: false });
const excluded = (tag: string) => ({ tag, excluded: true });

describe("a search", () => {
  it("grows by terms and words", () => {
    const view = addTerms(MINE, [excluded("people"), included("lake"), included("snow")]);
    expect(addWords(view, ["dog", "DOG", "beach"])).toMatchObject({ words: ["dog", "beach"], tags: ["lake", "snow"] });
    expect(addWords(view, ["Lisbon,", "(2019)", "rock'n'roll", "—"]).words).toEqual(["Lisbon", "2019", "rock'n'roll", "—"]);
    expect(view).toMatchObject({ tags: ["lake", "snow"], excluded: ["people"], match: "all" });
  });

  it("is of a single tag or not", () => {
    const views = [LAKE, MINE, addTerm(LAKE, included("snow")), addTerm(LAKE, excluded("snow"))];
    expect(views.map(isOneTag)).toEqual([true, false, false, false]);
  });

  it("can only exclude tags", () => {
    expect(hasTerm(addTerm(MINE, excluded("people")), excluded("people"))).toBe(true);
  });

  it("can be downloaded if it has tags only", () => {
    const views = [
      LAKE,
      { ...LAKE, match: "any" as const, tags: ["a", "b"] },
      MINE,
      addWords(LAKE, ["dog"]),
      addTerm(LAKE, excluded("snow")),
    ];
    expect(views.map(isTagSearch)).toEqual([true, true, false, false, false]);
  });

  it("is of a year", () => {
    expect(yearView(LAKE, "2019")).toMatchObject({ tags: ["Lake"], from: "2019-01-01", to: "2019-12-31" });
    const views = [yearView(LAKE, "2019"), dateView(LAKE, "2019-01-01", "2020-12-31"), dateView(LAKE, null, "2019-12-31"), LAKE];
    expect(views.map(viewYear)).toEqual(["2019", null, null, null]);
  });

  it("switches a tag between searched for and excluded", () => {
    const view = addTerms(MINE, [included("lake"), included("snow")]);
    expect(addTerm(view, excluded("Snow"))).toMatchObject({ tags: ["lake"], excluded: ["Snow"] });
    expect(addTerm(addTerm(view, excluded("snow")), included("snow"))).toEqual(view);
  });

  it("shrinks tag by tag to all photos", () => {
    const view = addTerms({ ...MINE, match: "any" }, [included("lake"), included("snow"), excluded("people")]);
    expect(removeTerm(view, "LAKE")).toMatchObject({ tags: ["snow"], match: "all", excluded: ["people"] });
    expect(["lake", "snow", "people"].reduce(removeTerm, view)).toEqual(MINE);
  });

  it("combines tags and days, and keeps them in another scope", () => {
    const days = dateView(MINE, "2026-01-01", "2026-01-31");
    expect(addTerm(days, included("lake"))).toEqual(dateView(tagView(MINE, "lake"), "2026-01-01", "2026-01-31"));
    const search = { ...days, words: ["dog"], favorite: true };
    expect(withScope(search, "public")).toEqual({ ...search, favorite: false, scope: "public" });
  });

  it("filters the photos, as days and states do", () => {
    const narrow = [LAKE, dateView(MINE, null, "2026-01-31"), photosInState("rejected")];
    expect([MINE, ...narrow].map(isFiltered)).toEqual([false, true, true, true]);
    expect([MINE, allPhotos("public"), ...narrow].map(isOwnTimeline)).toEqual([true, false, false, false, false]);
  });
});

describe("the user's own photos", () => {
  it("of this day are of earlier years, by month and day of the local clock", () => {
    expect(onThisDay(new Date(2026, 2, 5, 23, 59))).toEqual({ ...MINE, on: "03-05", to: "2025-12-31" });
  });

  it("are all in the order of their upload", () => {
    expect([isFiltered(recentlyAdded()), isTimeline(recentlyAdded()), isTimeline(MINE)]).toEqual([false, false, true]);
  });
});

describe("an album", () => {
  const album = albumView("a1");

  it("is not filtered as a whole, but by a search in it", () => {
    expect([isFiltered(album), isFiltered({ ...album, words: ["dog"] })]).toEqual([false, true]);
    expect(withoutSearch({ ...album, words: ["dog"], from: "2026-01-01" })).toEqual(album);
  });

  it("has its own order, and no states", () => {
    expect(photoOrder(album)).toBeNull();
    expect(normalizeView({ ...album, order: "added", state: "trashed" })).toEqual(album);
  });

  it("is not public, and what has to be reviewed is not searched", () => {
    expect(normalizeView({ ...album, scope: "public" })).toEqual(allPhotos("public"));
    expect(normalizeView(albumView("a1", true))).toEqual(albumView("a1", true));
    expect(addWords(albumView("a1", true), ["dog"])).toEqual({ ...album, words: ["dog"] });
  });

  it("may include photos of others, and those to review only before they are", () => {
    expect(viewIncludes(album, makePhoto("p", 1, { mine: false }))).toBe(true);
    expect(viewIncludes(album, makePhoto("p", 1, { state: "trashed" }))).toBe(false);
    const waiting = makePhoto("p", 1, { review_album: "a1" });
    expect([viewIncludes(albumView("a1", true), waiting), viewIncludes(albumView("a2", true), waiting)]).toEqual([true, false]);
    expect(viewIncludes(albumView("a1", true), makePhoto("p", 1, { albums: ["a1"], review_album: null }))).toBe(false);
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
  it("checks words and what the user said of a photo", () => {
    const photo = makePhoto("a", 5, {
      caption: "The dog",
      camera: "Pixel 8",
      place: "São Tomé, Portugal",
      favorite: true,
      rating: 3,
      coordinates: { latitude: 38.7, longitude: -179.5 },
    });
    const included: Partial<View>[] = [
      { words: ["dog"] },
      { camera: "pixel 8" },
      { place: "sao tome" },
      { place: "Portugal" },
      { favorite: true },
      { rating: 3 },
      { bounds: [38, 179, 39, -179] },
      { bounds: [38, -180, 39, -179] },
    ];
    const left: Partial<View>[] = [
      { words: ["cat"] },
      { camera: "Pixel" },
      { place: "Tomé" },
      { rating: 4 },
      { bounds: [38, -179, 39, 179] },
      { bounds: [39, -180, 40, 180] },
    ];
    for (const filter of included) expect(viewIncludes({ ...MINE, ...filter }, photo)).toBe(true);
    for (const filter of left) expect(viewIncludes({ ...MINE, ...filter }, photo)).toBe(false);
    for (const filter of [{ favorite: true }, { bounds: [-90, -180, 90, 180] as const }]) {
      expect(viewIncludes({ ...MINE, ...filter }, makePhoto("b"))).toBe(false);
    }
  });

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
