import { describe, expect, it } from "vitest";

import { makePhoto, photoIds } from "../fakes/photos.ts";
import type { Photo } from "./photo.ts";
import { type FetchPhotos, PhotoNeighbors } from "./photo-neighbors.ts";
import { allPhotos, photoOrder, type View, viewIncludes } from "./view.ts";

const MINE = allPhotos("mine");

/** A library that serves its photos in pages, and the views that were requested. */
function createLibrary(photos: readonly Photo[], pageSize: number) {
  const requests: View[] = [];
  const fetch: FetchPhotos = (view, cursor) => {
    requests.push(view);
    const found = photos.filter((photo) => viewIncludes(view, photo)).sort(photoOrder(view));
    const start = Number(cursor ?? 0);
    const end = start + pageSize;
    return Promise.resolve({ items: found.slice(start, end), cursor: end < found.length ? String(end) : null });
  };
  return { fetch, requests };
}

const photos = Array.from({ length: 9 }, (_, index) => makePhoto(`d${index + 1}`, index + 1));

/** The photo of a day. */
function onDay(day: number): Photo {
  return makePhoto(`d${day}`, day);
}

describe("the neighbors of a photo", () => {
  it("follow it page by page from its day", async () => {
    const { fetch, requests } = createLibrary(photos, 2);
    const neighbors = new PhotoNeighbors(fetch, MINE, onDay(5));
    expect(photoIds(await neighbors.next())).toEqual(["d4"]);
    expect(photoIds(await neighbors.next())).toEqual(["d3", "d2"]);
    expect(photoIds(await neighbors.next())).toEqual(["d1"]);
    expect(await neighbors.next()).toEqual([]);
    expect(requests).toHaveLength(3);
    expect(requests[0]).toEqual({ ...MINE, to: "2026-01-05" });
  });

  it("precede it in the order of the view, once", async () => {
    const { fetch, requests } = createLibrary(photos, 2);
    const neighbors = new PhotoNeighbors(fetch, MINE, onDay(5));
    expect(photoIds(await neighbors.previous())).toEqual(["d9", "d8", "d7", "d6"]);
    expect(requests[0]).toEqual({ ...MINE, from: "2026-01-05" });
    expect(await neighbors.previous()).toEqual([]);
  });

  it("precede it only if it is not too far from the top of the view", async () => {
    const { fetch } = createLibrary(photos, 1);
    expect(await new PhotoNeighbors(fetch, MINE, onDay(1)).previous()).toEqual([]);
  });

  it("are found on later pages of a view by upload", async () => {
    const added = photos.map((photo, index) => ({ ...photo, created_at: `2026-02-0${9 - index}T00:00:00Z` }));
    const { fetch } = createLibrary(added, 2);
    const view: View = { ...MINE, order: "added" };
    const [, , , , photo] = added;
    if (photo === undefined) throw new Error("no photo");
    const neighbors = new PhotoNeighbors(fetch, view, photo);
    expect(photoIds(await neighbors.next())).toEqual(["d6"]);
    expect(photoIds(await neighbors.previous())).toEqual(["d1", "d2", "d3", "d4"]);
  });
});
