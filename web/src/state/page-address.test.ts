import { describe, expect, it } from "vitest";

import { addressOf, addressQuery, isOwnAddress, type PageAddress, parseAddress, photoAddress } from "./page-address.ts";
import { albumView, allPhotos, dateView, photosInState, tagView, type View } from "./view.ts";

const MINE = allPhotos("mine");
const PUBLIC = allPhotos("public");
const parseView = (query: string, signedIn: boolean) => parseAddress(query, signedIn).view;
const viewQuery = (view: View, signedIn: boolean) => addressQuery(addressOf(view), signedIn);

describe("a URL", () => {
  it("shows the user's own photos unless it asks for public ones", () => {
    expect(parseAddress("", true)).toEqual(addressOf(MINE));
    expect(parseView("?scope=public", true)).toEqual(PUBLIC);
  });

  it("shows public photos if the user is not signed in", () => {
    expect(parseView("?scope=mine", false).scope).toBe("public");
    for (const state of ["rejected", "trashed"]) expect(parseView(`?state=${state}`, false)).toEqual(PUBLIC);
    expect([isOwnAddress("?scope=mine"), isOwnAddress("?scope=public"), isOwnAddress("")]).toEqual([true, false, false]);
  });

  it("can have a tag, but not an empty one", () => {
    expect(parseView("?tag=golden+hour", true)).toEqual(tagView(MINE, "golden hour"));
    expect(parseView("?tag=%20", true)).toEqual(MINE);
  });

  it("has each word and tag once, never searched for and excluded", () => {
    const view = parseView("?q=dog+beach++Dog&tag=a&tag=A&tag=b&not=c&not=B&match=any", true);
    expect(view).toMatchObject({ words: ["dog", "beach"], tags: ["a", "b"], excluded: ["c"], match: "any" });
  });

  it("has a limited number of words and tags", () => {
    const names = Array.from({ length: 12 }, (_, index) => `t${index}`);
    const view = parseView(`?q=${names.join("+")}&${names.map((name) => `tag=${name}`).join("&")}`, true);
    expect([view.words.length, view.tags.length]).toEqual([10, 10]);
  });

  it("has only valid days, the earlier first", () => {
    expect(parseView("?tag=a&from=2026-01-01", true)).toEqual(dateView(tagView(MINE, "a"), "2026-01-01", null));
    expect(parseView("?from=2026-02-30&to=yesterday&on=02-30", true)).toEqual(MINE);
    expect(parseView("?from=2026-03-01&to=2026-01-01", true)).toMatchObject({ from: "2026-01-01", to: "2026-03-01" });
  });

  it("has filters of the user's own photos for these only", () => {
    const query = "?camera=Pixel+8&place=Lisbon&favorite=true&rating=4&bounds=38.6,-9.3,38.8,-9&order=added";
    expect(parseView(query, true)).toEqual({
      ...MINE,
      camera: "Pixel 8",
      place: "Lisbon",
      favorite: true,
      rating: 4,
      bounds: [38.6, -9.3, 38.8, -9],
      order: "added",
    });
    expect(parseView(query, false)).toEqual(PUBLIC);
  });

  it("ignores invalid filters", () => {
    for (const bounds of ["1,2,3", "1,2,3,x", "91,0,92,0", "2,0,1,0", "0,181,1,0", "NaN,0,0,0", "0,0,0,1e2"]) {
      expect(parseView(`?bounds=${bounds}&rating=6&favorite=yes&order=heat`, true)).toEqual(MINE);
    }
  });

  it("is of an album, or for a visitor of the page that asks to sign in", () => {
    expect(parseAddress("?album=a1", true)).toEqual(addressOf(albumView("a1")));
    expect(parseAddress("?album=a1&review=true", true)).toEqual(addressOf(albumView("a1", true)));
    expect(parseAddress("?album=a1", false)).toEqual({ ...addressOf(PUBLIC), page: "albums" });
    for (const query of ["?album=", "?album=a%2Fb", "?review=true"]) expect(parseAddress(query, true)).toEqual(addressOf(MINE));
    expect([parseAddress("?view=albums", true).page, parseAddress("?view=shared", true).page]).toEqual(["albums", "shared"]);
  });

  it("round-trips an address", () => {
    const views: View[] = [
      albumView("a1"),
      albumView("a1", true),
      { ...albumView("a1"), words: ["dog"], favorite: true },
      MINE,
      tagView(PUBLIC, "café & bar"),
      { ...MINE, tags: ["a", "b"], match: "any", excluded: ["c"] },
      dateView(PUBLIC, "2026-01-01", null),
      photosInState("rejected"),
      { ...MINE, words: ["dog", "a&b"], on: "02-29", favorite: true, rating: 3, order: "added" },
      { ...MINE, camera: "Pixel 8", place: "São Tomé", bounds: [-17.5, 179, -16, -179.5] },
    ];
    const addresses: PageAddress[] = [
      ...views.map(addressOf),
      { ...addressOf(PUBLIC), photo: "a-1_b", at: "2019-06", trendOrder: "heat" },
      { ...addressOf(MINE), page: "map" },
      { ...addressOf(MINE), page: "explore" },
    ];
    for (const address of addresses) expect(parseAddress(addressQuery(address, true), true)).toEqual(address);
  });

  it("is as short as possible", () => {
    expect(viewQuery(MINE, true)).toBe("");
    expect(viewQuery(PUBLIC, false)).toBe("");
    expect(viewQuery(tagView(PUBLIC, "lake"), true)).toBe("?tag=lake&scope=public");
  });

  it("names whose photos it shows if it opens a photo", () => {
    expect(addressQuery({ ...addressOf(MINE), photo: "a" }, true)).toBe("?scope=mine&photo=a");
    expect(addressQuery({ ...addressOf(PUBLIC), photo: "a" }, false)).toBe("?scope=public&photo=a");
  });

  it("of a photo alone is in Public if everybody may see it", () => {
    const query = (status: "public" | "private") => addressQuery(photoAddress({ photo_id: "a", status }), true);
    expect([query("public"), query("private")]).toEqual(["?scope=public&photo=a", "?scope=mine&photo=a"]);
  });

  it("opens no photo, page or month that cannot exist", () => {
    expect(parseAddress("?photo=../a&view=about&at=2019-13&trending=odd", true)).toEqual(addressOf(MINE));
  });
});
