import { describe, expect, it } from "vitest";

import { makePhoto, photoIds } from "../fakes/photos.ts";
import type { Photo } from "./photo.ts";
import { PhotoNeighbors, type PhotoPages } from "./photo-neighbors.ts";
import { albumView, allPhotos, photoOrder, type View, viewIncludes } from "./view.ts";

const MINE = allPhotos("mine");

/** A library that serves its photos in pages, and the views that were requested. */
function createLibrary(photos: readonly Photo[], pageSize: number) {
  const requests: View[] = [];
  const list = (direction: 1 | -1) => (view: View, cursor: string | null) => {
    requests.push(view);
    const compare = photoOrder(view) ?? (() => 0);
    const found = photos.filter((photo) => viewIncludes(view, photo)).sort((a, b) => direction * compare(a, b));
    const start = Number(cursor ?? 0);
    const end = start + pageSize;
    return Promise.resolve({ items: found.slice(start, end), cursor: end < found.length ? String(end) : null });
  };
  const pages: PhotoPages = { inOrder: list(1), oldestFirst: list(-1) };
  return { pages, requests };
}

const photos = Array.from({ length: 9 }, (_, index) => makePhoto(`d${index + 1}`, index + 1));

/** The photo of a day. */
function onDay(day: number): Photo {
  return makePhoto(`d${day}`, day);
}

describe("the neighbors of a photo", () => {
  it("follow it page by page from its day", async () => {
    const { pages, requests } = createLibrary(photos, 2);
    const neighbors = new PhotoNeighbors(pages, MINE, onDay(5));
    expect(photoIds(await neighbors.next())).toEqual(["d4"]);
    expect(photoIds(await neighbors.next())).toEqual(["d3", "d2"]);
    expect(photoIds(await neighbors.next())).toEqual(["d1"]);
    expect(await neighbors.next()).toEqual([]);
    expect(neighbors.range).toEqual({ fromStart: false, toEnd: true });
    expect(requests).toHaveLength(3);
    expect(requests[0]).toEqual({ ...MINE, to: "2026-01-05" });
  });

  it("precede it page by page from its day", async () => {
    const { pages, requests } = createLibrary(photos, 2);
    const neighbors = new PhotoNeighbors(pages, MINE, onDay(5));
    expect(photoIds(await neighbors.previous())).toEqual(["d6"]);
    expect(photoIds(await neighbors.previous())).toEqual(["d8", "d7"]);
    expect(neighbors.range).toEqual({ fromStart: false, toEnd: false });
    expect(photoIds(await neighbors.previous())).toEqual(["d9"]);
    expect(await neighbors.previous()).toEqual([]);
    expect(neighbors.range).toEqual({ fromStart: true, toEnd: false });
    expect(requests).toHaveLength(3);
    expect(requests[0]).toEqual({ ...MINE, from: "2026-01-05" });
  });

  it("are around it in the order of an album", async () => {
    const album = albumView("a1");
    const { pages } = createLibrary(photos, 2);
    const neighbors = new PhotoNeighbors(pages, album, onDay(4));
    expect(photoIds(await neighbors.next())).toEqual(["d5", "d6"]);
    expect(photoIds(await neighbors.next())).toEqual(["d7", "d8"]);
    expect(photoIds(await neighbors.previous())).toEqual(["d1", "d2", "d3"]);
    expect(await neighbors.previous()).toEqual([]);
  });

  it("precede it in a search, unless it is too far from the start", async () => {
    const search: View = { ...MINE, excluded: ["people"] };
    const neighbors = new PhotoNeighbors(createLibrary(photos, 2).pages, search, onDay(5));
    expect(photoIds(await neighbors.previous())).toEqual(["d9", "d8", "d7", "d6"]);
    expect(neighbors.range.fromStart).toBe(true);
    expect(await neighbors.previous()).toEqual([]);
    const far = new PhotoNeighbors(createLibrary(photos, 1).pages, search, onDay(1));
    expect(await far.previous()).toEqual([]);
    expect(far.range.fromStart).toBe(false);
  });

  it("are found on later pages of a view by upload", async () => {
    const added = photos.map((photo, index) => ({ ...photo, created_at: `2026-02-0${9 - index}T00:00:00Z` }));
    const { pages } = createLibrary(added, 2);
    const view: View = { ...MINE, order: "added" };
    const [, , , , photo] = added;
    if (photo === undefined) throw new Error("no photo");
    const neighbors = new PhotoNeighbors(pages, view, photo);
    expect(photoIds(await neighbors.next())).toEqual(["d6"]);
    expect(photoIds(await neighbors.previous())).toEqual(["d1", "d2", "d3", "d4"]);
  });
});
