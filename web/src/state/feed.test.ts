import { describe, expect, it } from "vitest";

import { type AppError, HttpError, NetworkError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import { Feed } from "./feed.ts";
import type { Page } from "./photo-list.ts";
import { albumView, allPhotos, tagView, type View } from "./view.ts";

const MINE = allPhotos("mine");
const LAKE = tagView(MINE, "Lake");

/** A feed over requests that the test resolves. */
function createFeed() {
  const requests: (Deferred<Page> & { view: View; cursor: string | null; limit: number; order: "newest" | "oldest"; count: boolean })[] =
    [];
  const fetch =
    (order: "newest" | "oldest") =>
    (view: View, cursor: string | null, limit: number, count = false) => {
      const request = Object.assign(new Deferred<Page>(), { view, cursor, limit, order, count });
      requests.push(request);
      return request.promise;
    };
  const feed = new Feed(fetch("newest"), fetch("oldest"));
  const response = async (index: number, page: Page) => {
    requests[index]?.resolve(page);
    await flushPromises();
  };
  return { feed, requests, response };
}

/** A feed that has loaded photos. */
async function showing(items: Page["items"], cursor: string | null = null) {
  const parts = createFeed();
  void parts.feed.load(MINE);
  await parts.response(0, { items, cursor });
  return parts;
}

describe("the total of a view", () => {
  const lake = (id: string) => makePhoto(id, 1, { tags: ["lake"] });

  /** A feed that shows a search with two photos of this many. */
  async function found(photos: number, exact: boolean) {
    const parts = createFeed();
    void parts.feed.load(LAKE);
    await parts.response(0, { items: [lake("b"), lake("a")], cursor: "next", found: { photos, exact } });
    return parts;
  }

  it("comes with the first page, unless that begins at a month", async () => {
    const { feed, requests, response } = await found(37, true);
    expect(feed.total).toEqual({ photos: 37, exact: true });
    void feed.load(MINE);
    await response(1, { items: [], cursor: null, found: { photos: 620, exact: true } });
    expect(feed.total).toEqual({ photos: 620, exact: true });
    void feed.load(MINE, "2026-01");
    await response(2, { items: [], cursor: null });
    expect(requests.map(({ count }) => count)).toEqual([true, true, false]);
    expect(feed.total).toBeNull();
  });

  it("follows changes on this page, and is restored", async () => {
    const { feed, response } = await found(37, true);
    const before = feed.snapshot();
    feed.remove(["a"]);
    expect(feed.total).toEqual({ photos: 36, exact: true });
    feed.upsert(lake("c"));
    expect(feed.total).toEqual({ photos: 37, exact: true });
    void feed.loadMore();
    await response(1, { items: [lake("d")], cursor: null });
    expect(feed.total).toEqual({ photos: 37, exact: true });
    if (before !== null) expect(feed.restore(before)).toBe(false);
    const now = feed.snapshot();
    void feed.load(MINE);
    if (now !== null) feed.restore(now);
    expect(feed.total).toEqual({ photos: 37, exact: true });
  });

  it("comes with the filters that nothing matches", async () => {
    const { feed, requests, response } = createFeed();
    void feed.load(LAKE);
    const unmatched = [{ parameter: "tag", value: "lake" }];
    await response(0, { items: [], cursor: null, found: { photos: 0, exact: true }, unmatched });
    expect(feed.unmatched).toEqual(unmatched);
    void feed.load(MINE);
    requests[1]?.reject(new Error("offline"));
    await flushPromises();
    expect([feed.unmatched, feed.total]).toEqual([[], null]);
  });
});

describe("load", () => {
  it("loads and shows the first page", async () => {
    const { feed, requests, response } = createFeed();
    void feed.load(LAKE);
    expect(feed.status).toBe("loading");
    expect(requests[0]).toMatchObject({ view: LAKE, cursor: null, limit: 50 });
    await response(0, { items: [makePhoto("b", 2), makePhoto("a", 1)], cursor: "next" });
    expect(feed.status).toBe("ready");
    expect(photoIds(feed.photos)).toEqual(["b", "a"]);
    expect(feed.hasMore).toBe(true);
  });

  it("is empty only once the last page has arrived without photos", async () => {
    const { feed, response } = createFeed();
    void feed.load(LAKE);
    expect(feed.isEmpty).toBe(false);
    await response(0, { items: [], cursor: "more" });
    expect(feed.isEmpty).toBe(false);
    void feed.loadMore();
    await response(1, { items: [], cursor: null });
    expect(feed.isEmpty).toBe(true);
    feed.upsert(makePhoto("a", 1, { tags: ["Lake"] }));
    expect(feed.isEmpty).toBe(false);
  });

  it("keeps the previous photos until the new ones arrive", async () => {
    const { feed, response } = await showing([makePhoto("a")]);
    void feed.load(LAKE);
    expect(photoIds(feed.photos)).toEqual(["a"]);
    await response(1, { items: [makePhoto("b")], cursor: null });
    expect(photoIds(feed.photos)).toEqual(["b"]);
  });

  it("settles when the photos have arrived, or failed to", async () => {
    const { feed, requests, response } = createFeed();
    let settled = 0;
    void feed.load(MINE);
    void feed.settled().then(() => (settled += 1));
    await flushPromises();
    expect(settled).toBe(0);
    await response(0, { items: [], cursor: null });
    expect(settled).toBe(1);
    await feed.settled();
    void feed.load(LAKE);
    void feed.settled().then(() => (settled += 1));
    requests[1]?.reject(new Error("offline"));
    await flushPromises();
    expect(settled).toBe(2);
  });

  it("keeps the order of the view", async () => {
    const { feed, response } = createFeed();
    void feed.load({ ...MINE, order: "added" });
    const added = (id: string, day: number, received: string) => makePhoto(id, day, { created_at: received });
    const items = [added("late", 1, "2026-03-02T00:00:00Z"), added("early", 9, "2026-03-01T00:00:00Z")];
    await response(0, { items, cursor: "next" });
    expect(photoIds(feed.photos)).toEqual(["late", "early"]);
    feed.upsert(added("newest", 5, "2026-03-03T00:00:00Z"));
    feed.upsert(added("on a later page", 20, "2026-02-01T00:00:00Z"));
    expect(photoIds(feed.photos)).toEqual(["newest", "late", "early"]);
  });

  it("ignores the response for a previous view", async () => {
    const { feed, response } = createFeed();
    void feed.load(MINE);
    void feed.load(LAKE);
    await response(1, { items: [makePhoto("lake")], cursor: null });
    await response(0, { items: [makePhoto("mine")], cursor: "more" });
    expect(photoIds(feed.photos)).toEqual(["lake"]);
    expect(feed.hasMore).toBe(false);
  });

  it("sets the error and removes the previous photos", async () => {
    const { feed, requests } = await showing([makePhoto("a")], "next");
    const error = new Error("broken");
    void feed.load(LAKE);
    requests[1]?.reject(error);
    await flushPromises();
    expect(feed).toMatchObject({ status: "failed", error, photos: [], hasMore: false });
  });
});

describe("loadMore", () => {
  it("requests the next page by cursor, one at a time", async () => {
    const { feed, requests, response } = await showing([makePhoto("c", 3)], "after c");
    void feed.loadMore();
    const loaded = feed.loadMore().then(() => photoIds(feed.photos));
    expect(requests).toHaveLength(2);
    expect(requests[1]?.cursor).toBe("after c");
    await response(1, { items: [makePhoto("b", 2)], cursor: null });
    expect(await loaded).toEqual(["c", "b"]);
    await feed.loadMore();
    expect(requests).toHaveLength(2);
  });

  it("shows a photo once that is on both pages", async () => {
    const { feed, response } = await showing([makePhoto("c", 3), makePhoto("b", 2)], "x");
    void feed.loadMore();
    await response(1, { items: [makePhoto("b", 2), makePhoto("a", 1)], cursor: null });
    expect(photoIds(feed.photos)).toEqual(["c", "b", "a"]);
  });

  it("continues after a short or empty page", async () => {
    const { feed, response } = await showing([makePhoto("c", 3)], "x");
    void feed.loadMore();
    await response(1, { items: [], cursor: "y" });
    expect(feed).toMatchObject({ status: "ready", hasMore: true });
  });

  it("can be retried after an error", async () => {
    const { feed, requests, response } = await showing([makePhoto("c", 3)], "x");
    void feed.loadMore();
    requests[1]?.reject(new Error("broken"));
    await flushPromises();
    expect(feed.status).toBe("stalled");
    expect(photoIds(feed.photos)).toEqual(["c"]);
    void feed.loadMore();
    await response(2, { items: [makePhoto("b", 2)], cursor: null });
    expect(feed.status).toBe("ready");
  });
});

describe("refresh", () => {
  it("adds new photos in order and returns true", async () => {
    const { feed, response } = await showing([makePhoto("b", 2)]);
    const changed = feed.refresh();
    await response(1, { items: [makePhoto("c", 3), makePhoto("b", 2), makePhoto("a", 1)], cursor: null });
    expect(await changed).toBe(true);
    expect(photoIds(feed.photos)).toEqual(["c", "b", "a"]);
  });

  it("ignores new signed URLs", async () => {
    const { feed, response } = await showing([makePhoto("a")]);
    const before = feed.photos;
    const changed = feed.refresh();
    await response(1, { items: [makePhoto("a", 1, { image_url: "https://images.test/a?signed=again" })], cursor: null });
    expect(await changed).toBe(false);
    expect(feed.photos).toBe(before);
  });

  it("replaces a photo with a new version", async () => {
    const { feed, response } = await showing([makePhoto("a")]);
    void feed.refresh();
    await response(1, { items: [makePhoto("a", 1, { version: 2, tags: ["lake"] })], cursor: null });
    expect(feed.photos[0]?.tags).toEqual(["lake"]);
  });

  it("is dropped if the view changes meanwhile", async () => {
    const { feed, response } = await showing([makePhoto("a")]);
    const changed = feed.refresh();
    void feed.load(LAKE);
    await response(2, { items: [makePhoto("lake")], cursor: null });
    await response(1, { items: [makePhoto("z", 9)], cursor: null });
    expect(await changed).toBe(false);
    expect(photoIds(feed.photos)).toEqual(["lake"]);
  });

  it("continues after the older photos", async () => {
    const { feed, requests, response } = await showing([makePhoto("b", 2), makePhoto("a", 1)], "after a");
    void feed.refresh();
    await response(1, { items: [makePhoto("c", 3), makePhoto("b", 2)], cursor: "after b" });
    void feed.loadMore();
    expect(requests[2]?.cursor).toBe("after a");
  });

  it.each<AppError>([new NetworkError(), new HttpError(502, "unknown", "")])("loads a view that failed by %s", async (error) => {
    const { feed, requests, response } = createFeed();
    void feed.load(LAKE);
    requests[0]?.reject(error);
    await flushPromises();
    const refused = feed.refresh();
    requests[1]?.reject(error);
    await expect(refused).rejects.toBe(error);
    expect(feed.status).toBe("failed");
    const changed = feed.refresh();
    expect([feed.status, feed.error, requests[2]?.view]).toEqual(["failed", error, LAKE]);
    await response(2, { items: [makePhoto("a")], cursor: "next", found: { photos: 2, exact: true } });
    expect(await changed).toBe(true);
    expect([feed.status, feed.error, photoIds(feed.photos), feed.total?.photos]).toEqual(["ready", null, ["a"], 2]);
  });

  it("leaves a view that the API refuses, or that another one replaces", async () => {
    const { feed, requests, response } = createFeed();
    void feed.load(LAKE);
    requests[0]?.reject(new HttpError(400, "invalid_request", ""));
    await flushPromises();
    expect([await feed.refresh(), requests.length]).toEqual([false, 1]);
    void feed.load(LAKE);
    requests[1]?.reject(new NetworkError());
    await flushPromises();
    const changed = feed.refresh();
    void feed.load(MINE);
    await response(2, { items: [makePhoto("lake")], cursor: null });
    expect([await changed, feed.status]).toEqual([false, "loading"]);
  });

  it("does nothing while the feed is loading", async () => {
    const { feed, requests } = createFeed();
    void feed.load(MINE);
    expect(await feed.refresh()).toBe(false);
    expect(requests).toHaveLength(1);
  });
});

describe("upsert", () => {
  it("inserts a ready photo in order", async () => {
    const { feed } = await showing([makePhoto("c", 3), makePhoto("a", 1)]);
    feed.upsert(makePhoto("b", 2));
    expect(photoIds(feed.photos)).toEqual(["c", "b", "a"]);
  });

  it("inserts several photos at once", async () => {
    const { feed } = await showing([makePhoto("d", 4), makePhoto("b", 2)], "more");
    let changes = 0;
    feed.watch(() => (changes += 1));
    feed.upsert(makePhoto("a", 1), makePhoto("c", 3), makePhoto("e", 5));
    expect([photoIds(feed.photos), changes]).toEqual([["e", "d", "c", "b"], 1]);
  });

  it("ignores a photo beyond the loaded pages", async () => {
    const { feed } = await showing([makePhoto("c", 3)], "more");
    feed.upsert(makePhoto("a", 1));
    expect(photoIds(feed.photos)).toEqual(["c"]);
  });

  it("leaves a photo that moved beyond the loaded pages to its own page", async () => {
    const { feed, response } = await showing([makePhoto("d", 9), makePhoto("c", 5)], "after c");
    feed.upsert(makePhoto("c", 1, { version: 2 }));
    expect(photoIds(feed.photos)).toEqual(["d"]);
    // The next page still continues after the 5th.
    feed.upsert(makePhoto("d", 7, { version: 2 }));
    expect(photoIds(feed.photos)).toEqual(["d"]);
    void feed.loadMore();
    await response(1, { items: [makePhoto("b", 2), makePhoto("c", 1, { version: 2 })], cursor: null });
    expect(photoIds(feed.photos)).toEqual(["d", "b", "c"]);
  });

  it("replaces the known record", async () => {
    const { feed } = await showing([makePhoto("a", 1)]);
    feed.upsert(makePhoto("a", 1, { image_url: "https://images.test/fresh" }));
    expect(feed.photos.map(({ image_url }) => image_url)).toEqual(["https://images.test/fresh"]);
  });
});

describe("applyChanges", () => {
  it("updates photos and removes those that the view excludes", async () => {
    const { feed } = await showing([makePhoto("c", 3), makePhoto("b", 2), makePhoto("a", 1)]);
    feed.applyChanges([makePhoto("b", 2, { version: 2, status: "public" }), makePhoto("c", 3, { state: "trashed" })]);
    expect(feed.photos.map(({ photo_id, version }) => [photo_id, version])).toEqual([
      ["b", 2],
      ["a", 1],
    ]);
    feed.applyChanges([makePhoto("c", 3, { version: 3 })]);
    expect(photoIds(feed.photos)).toEqual(["c", "b", "a"]);
    feed.remove(["b", "x"]);
    expect(photoIds(feed.photos)).toEqual(["c", "a"]);
  });

  it("is not undone by a refresh that started before", async () => {
    const { feed, response } = await showing([makePhoto("b", 2), makePhoto("a", 1)]);
    const looking = feed.refresh();
    feed.applyChanges([makePhoto("b", 2, { state: "trashed" })]);
    await response(1, { items: [makePhoto("b", 2), makePhoto("a", 1)], cursor: null });
    expect(await looking).toBe(false);
    expect(photoIds(feed.photos)).toEqual(["a"]);
  });
});

describe("restore", () => {
  it("shows the view of a snapshot and continues from there", async () => {
    const { feed, requests, response } = await showing([makePhoto("b", 2), makePhoto("a", 1)], "next");
    const snapshot = feed.snapshot();
    void feed.load(LAKE);
    await response(1, { items: [makePhoto("lake")], cursor: null });
    expect(snapshot !== null && feed.restore(snapshot)).toBe(true);
    expect(feed.view).toEqual(MINE);
    expect(photoIds(feed.photos)).toEqual(["b", "a"]);
    void feed.loadMore();
    expect(requests[2]).toMatchObject({ view: MINE, cursor: "next" });
  });

  it("ignores a pending response of another view", async () => {
    const { feed, response } = await showing([makePhoto("a")]);
    const snapshot = feed.snapshot();
    void feed.load(LAKE);
    if (snapshot !== null) feed.restore(snapshot);
    await response(1, { items: [makePhoto("lake")], cursor: null });
    expect(photoIds(feed.photos)).toEqual(["a"]);
  });

  it("fails after photos were changed", async () => {
    const { feed } = await showing([makePhoto("a")]);
    const snapshot = feed.snapshot();
    feed.remove(["a"]);
    expect(snapshot !== null && feed.restore(snapshot)).toBe(false);
  });

  it("has no snapshot while the first page is loading", () => {
    const { feed } = createFeed();
    void feed.load(MINE);
    expect(feed.snapshot()).toBeNull();
  });
});

describe("a feed at a month", () => {
  /** A feed at January 2026 with the photos of the 2nd and 1st, and older ones on the next page. */
  async function atJanuary() {
    const parts = createFeed();
    void parts.feed.load(MINE, "2026-01");
    await parts.response(0, { items: [makePhoto("b", 2), makePhoto("a", 1)], cursor: "older" });
    return parts;
  }
  const inMonth = (id: string, month: number, day = 1) => makePhoto(id, 1, { taken_local: `2026-0${month}-0${day}T12:00:00.000` });

  it("loads the photos up to its last day, in one request", async () => {
    const { feed, requests, response } = await atJanuary();
    expect(requests).toHaveLength(1);
    expect(requests[0]?.view).toEqual({ ...MINE, to: "2026-01-31" });
    expect(feed).toMatchObject({ view: MINE, at: "2026-01", newer: "more" });
    void feed.loadMore();
    expect(requests[1]).toMatchObject({ view: { to: "2026-01-31" }, cursor: "older" });
    await response(1, { items: [makePhoto("z", 1, { taken_local: "2025-12-31T12:00:00.000" })], cursor: null });
    expect(photoIds(feed.photos)).toEqual(["b", "a", "z"]);
  });

  it("loads newer photos from the day after, one page at a time, until there are none", async () => {
    const { feed, requests, response } = await atJanuary();
    void feed.loadNewer();
    const loaded = feed.loadNewer().then(() => photoIds(feed.photos));
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatchObject({ view: { ...MINE, from: "2026-02-01" }, cursor: null, order: "oldest" });
    await response(1, { items: [inMonth("c", 2), inMonth("d", 3)], cursor: "newer" });
    expect([await loaded, feed.newer]).toEqual([["d", "c", "b", "a"], "more"]);
    void feed.loadNewer();
    expect(requests[2]?.cursor).toBe("newer");
    await response(2, { items: [inMonth("e", 4)], cursor: null });
    expect([photoIds(feed.photos), feed.newer]).toEqual([["e", "d", "c", "b", "a"], "none"]);
    await feed.loadNewer();
    expect(requests).toHaveLength(3);
  });

  it("can load newer photos again after an error", async () => {
    const { feed, requests, response } = await atJanuary();
    void feed.loadNewer();
    requests[1]?.reject(new Error("broken"));
    await flushPromises();
    expect([feed.newer, feed.status]).toEqual(["stalled", "ready"]);
    void feed.loadNewer();
    await response(2, { items: [], cursor: null });
    expect(feed.newer).toBe("none");
  });

  it("drops newer photos of a view that was left", async () => {
    const { feed, response } = await atJanuary();
    void feed.loadNewer();
    void feed.load(LAKE);
    await response(2, { items: [makePhoto("lake")], cursor: null });
    await response(1, { items: [inMonth("c", 2)], cursor: "newer" });
    expect([photoIds(feed.photos), feed.newer]).toEqual([["lake"], "none"]);
  });

  it("refreshes its month and keeps newer photos", async () => {
    const { feed, requests, response } = await atJanuary();
    void feed.loadNewer();
    await response(1, { items: [inMonth("c", 2)], cursor: "newer" });
    const changed = feed.refresh();
    expect(requests[2]?.view).toEqual({ ...MINE, to: "2026-01-31" });
    await response(2, { items: [makePhoto("b", 2, { version: 2 })], cursor: "older" });
    expect(await changed).toBe(true);
    expect(photoIds(feed.photos)).toEqual(["c", "b", "a"]);
  });

  it("refreshes the newest photos once all of them are loaded", async () => {
    const { feed, requests, response } = await atJanuary();
    void feed.loadNewer();
    await response(1, { items: [inMonth("c", 2)], cursor: null });
    void feed.refresh();
    expect(requests[2]?.view).toEqual(MINE);
    await response(2, { items: [inMonth("d", 3), inMonth("c", 2)], cursor: "x" });
    expect(photoIds(feed.photos)).toEqual(["d", "c", "b", "a"]);
  });

  it("leaves photos of newer pages to these pages", async () => {
    const { feed, response } = await atJanuary();
    feed.upsert(inMonth("c", 2));
    expect(photoIds(feed.photos)).toEqual(["b", "a"]);
    void feed.loadNewer();
    await response(1, { items: [inMonth("d", 2, 5)], cursor: "newer" });
    feed.upsert(inMonth("c", 2, 3));
    feed.upsert(inMonth("e", 2, 7));
    expect(photoIds(feed.photos)).toEqual(["d", "c", "b", "a"]);
  });

  it("is restored from a snapshot", async () => {
    const { feed, response, requests } = await atJanuary();
    void feed.loadNewer();
    const snapshot = feed.snapshot();
    void feed.load(LAKE);
    await response(2, { items: [makePhoto("lake")], cursor: null });
    expect(snapshot !== null && feed.restore(snapshot)).toBe(true);
    expect(feed).toMatchObject({ at: "2026-01", newer: "more" });
    void feed.loadNewer();
    expect(requests[3]).toMatchObject({ order: "oldest", cursor: null });
  });
});

describe("an album", () => {
  /** A feed that has loaded the photos of an album that is ordered by hand. */
  async function opened(ids: readonly string[], cursor: string | null = null) {
    const parts = createFeed();
    void parts.feed.load(albumView("a1"));
    await parts.response(0, { items: ids.map((id) => makePhoto(id)), cursor });
    return parts;
  }

  it("keeps the order of the API, and counts nothing", async () => {
    const { feed, requests, response } = await opened(["b", "c"], "next");
    void feed.loadMore();
    await response(1, { items: [makePhoto("a")], cursor: null });
    expect(photoIds(feed.photos)).toEqual(["b", "c", "a"]);
    expect(requests[0]?.count).toBe(false);
  });

  it("updates photos in their places; where others belong, only the API knows", async () => {
    const { feed } = await opened(["b", "a"]);
    feed.upsert(makePhoto("a", 1, { version: 2 }));
    feed.upsert(makePhoto("n"));
    expect(feed.photos.map(({ photo_id, version }) => [photo_id, version])).toEqual([
      ["b", 1],
      ["a", 2],
    ]);
    feed.applyChanges([makePhoto("b", 1, { state: "trashed" })]);
    expect(photoIds(feed.photos)).toEqual(["a"]);
  });

  it("takes a new order as a whole", async () => {
    const { feed } = await opened(["b", "c"], "next");
    const before = feed.snapshot();
    feed.replace(["c", "a", "b"].map((id) => makePhoto(id)));
    expect([photoIds(feed.photos), feed.hasMore]).toEqual([["c", "a", "b"], false]);
    if (before !== null) expect(feed.restore(before)).toBe(false);
  });
});
