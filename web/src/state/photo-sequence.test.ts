import { describe, expect, it } from "vitest";

import { makeAlbum } from "../fakes/albums.ts";
import { makePhoto, photoIds } from "../fakes/photos.ts";
import { MAX_TO_REVIEW } from "./albums.ts";
import { Feed } from "./feed.ts";
import { albumTotal, feedSequence, neighborSequence, singlePhoto } from "./photo-sequence.ts";
import type { Photo } from "./photo.ts";
import { addWords, albumView, allPhotos, type View } from "./view.ts";

const MINE = allPhotos("mine");
const december = makePhoto("old", 1, { taken_local: "2025-12-31T12:00:00.000" });
const library = [...Array.from({ length: 9 }, (_, index) => makePhoto(`d${9 - index}`, 9 - index)), december];
const noTotal = () => Promise.resolve(null);

/** A feed of the library with two photos a page. */
function createFeed(): Feed {
  const fetch = (oldestFirst: boolean) => (view: View, cursor: string | null) => {
    const [from, to] = [view.from ?? "", view.to ?? "~"];
    const all = library.filter(({ taken_local: taken }) => taken !== null && taken >= from && taken.slice(0, 10) <= to);
    const start = Number(cursor ?? 0);
    const items = (oldestFirst ? all.toReversed() : all).slice(start, start + 2);
    return Promise.resolve({ items, cursor: start + 2 < all.length ? String(start + 2) : null });
  };
  return new Feed(fetch(false), fetch(true));
}

function sequenceOf(feed: Feed, photo: Photo | undefined) {
  const sequence = photo === undefined ? null : feedSequence(feed, photo, noTotal);
  if (sequence === null) throw new Error("not in the feed");
  return sequence;
}

describe("the photos of the feed", () => {
  it("go on after those that the viewer has, page by page", async () => {
    const feed = createFeed();
    await feed.load(MINE);
    const { photos, index, loadNext, range } = sequenceOf(feed, library[1]);
    expect([photoIds(photos), index, range()]).toEqual([["d9", "d8"], 1, { fromStart: true, toEnd: false }]);
    const known = [...photos];
    for (const expected of [
      ["d7", "d6"],
      ["d5", "d4"],
      ["d3", "d2"],
      ["d1", "old"],
    ]) {
      const next = await loadNext(known);
      expect(photoIds(next)).toEqual(expected);
      known.push(...next);
    }
    expect(await loadNext(known)).toEqual([]);
    expect(range()).toEqual({ fromStart: true, toEnd: true });
  });

  it("are none of the next ones if the feed shows something else by now", async () => {
    const feed = createFeed();
    await feed.load(MINE);
    const { loadNext } = sequenceOf(feed, library[0]);
    expect(await loadNext([makePhoto("x")])).toEqual([]);
  });

  it("are loaded before the first one, if they begin at a month", async () => {
    const feed = createFeed();
    await feed.load(MINE, "2025-12");
    const { photos, loadPrevious, range } = sequenceOf(feed, december);
    expect(range().fromStart).toBe(false);
    expect(photoIds(await loadPrevious(photos))).toEqual(["d2", "d1"]);
  });

  it("do not have every photo", async () => {
    const feed = createFeed();
    await feed.load(MINE);
    expect(feedSequence(feed, makePhoto("x"), noTotal)).toBeNull();
  });
});

it("is a photo alone, whose place is not known, if its neighbors fail to load", async () => {
  const fail = () => Promise.reject(new Error("offline"));
  const sequence = neighborSequence({ inOrder: fail, oldestFirst: fail }, MINE, makePhoto("a"), noTotal);
  expect([await sequence.loadNext([]), await sequence.loadPrevious([])]).toEqual([[], []]);
  expect(sequence.range()).toEqual(singlePhoto(makePhoto("a")).range());
});

describe("the total of an album", () => {
  const view = albumView("a1");

  it("is that of its photos, or of those to review", () => {
    expect(albumTotal(view, makeAlbum("a1", { photos: 12 }))).toEqual({ photos: 12, exact: true });
    const album = makeAlbum("a1", { photos: 12, to_review: 3 });
    expect(albumTotal(albumView("a1", true), album)).toEqual({ photos: 3, exact: true });
    const many = makeAlbum("a1", { photos: 12, to_review: MAX_TO_REVIEW });
    expect(albumTotal(albumView("a1", true), many)).toEqual({ photos: MAX_TO_REVIEW, exact: false });
  });

  it("is not known for a search, a smart album, or an album that is not loaded", () => {
    const album = makeAlbum("a1", { photos: 12 });
    expect(albumTotal(addWords(view, ["dog"]), album)).toBeNull();
    expect(albumTotal(view, makeAlbum("a1", { photos: null }))).toBeNull();
    expect(albumTotal(view, makeAlbum("a2"))).toBeNull();
    expect(albumTotal(view, null)).toBeNull();
    expect(albumTotal(albumView("a1", true), album)).toBeNull();
  });
});
