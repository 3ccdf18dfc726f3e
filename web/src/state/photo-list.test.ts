import { describe, expect, it } from "vitest";

import { makePhoto, photoIds } from "../fakes/photos.ts";
import { mergePhotos, reconcileFirstPage } from "./photo-list.ts";

describe("mergePhotos", () => {
  it("returns each photo once, newest first, and prefers newcomers", () => {
    const merged = mergePhotos([makePhoto("b", 2), makePhoto("a", 1)], [makePhoto("c", 3), makePhoto("a", 1, { version: 2 })]);
    expect(photoIds(merged)).toEqual(["c", "b", "a"]);
    expect(merged[2]?.version).toBe(2);
  });
});

describe("reconcileFirstPage", () => {
  const known = [makePhoto("d", 4), makePhoto("c", 3), makePhoto("b", 2), makePhoto("a", 1)];

  it("removes photos that are missing in the page", () => {
    const { photos, reachesEnd } = reconcileFirstPage(known, { items: [makePhoto("d", 4), makePhoto("b", 2)], cursor: "x" });
    expect(photoIds(photos)).toEqual(["d", "b", "a"]);
    expect(reachesEnd).toBe(false);
  });

  it("ends the list where the last page ends", () => {
    const { photos, reachesEnd } = reconcileFirstPage(known, { items: [makePhoto("d", 4)], cursor: null });
    expect(photoIds(photos)).toEqual(["d"]);
    expect(reachesEnd).toBe(true);
  });

  it("keeps the known photos after an empty page that is not the last", () => {
    const { photos, reachesEnd } = reconcileFirstPage(known, { items: [], cursor: "further" });
    expect(photoIds(photos)).toEqual(photoIds(known));
    expect(reachesEnd).toBe(false);
  });

  it("returns an empty list when nothing is left", () => {
    expect(reconcileFirstPage(known, { items: [], cursor: null }).photos).toEqual([]);
  });
});

describe("in the order of the API", () => {
  const known = ["b", "d", "a", "c"].map((id) => makePhoto(id));

  it("newcomers follow, and photos stay in their places", () => {
    const merged = mergePhotos(known, [makePhoto("d", 1, { version: 2 }), makePhoto("e")], null);
    expect(photoIds(merged)).toEqual(["b", "d", "a", "c", "e"]);
    expect(merged[1]?.version).toBe(2);
  });

  it("a first page wins within its range", () => {
    const page = { items: ["n", "a", "b"].map((id) => makePhoto(id)), cursor: "x" };
    const { photos, reachesEnd } = reconcileFirstPage(known, page, null);
    expect(photoIds(photos)).toEqual(["n", "a", "b", "c"]);
    expect(reachesEnd).toBe(false);
    expect(reconcileFirstPage(known, { ...page, cursor: null }, null)).toMatchObject({ reachesEnd: true, photos: page.items });
  });
});
