import { describe, expect, it } from "vitest";

import { type AppError, HttpError, NetworkError, SignedOutError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import { BatchActions, type BatchChange, type BatchOperation, type BatchResult, photosThatLeft, undoOperations } from "./batch-actions.ts";
import type { Photo } from "./photo.ts";
import { albumView, allPhotos } from "./view.ts";

/** Batch actions over requests that the test resolves. */
function createBatch() {
  const calls: { ids: readonly string[]; change: BatchChange; response: Deferred<readonly BatchResult[]> }[] = [];
  const batch = new BatchActions({
    runBatch: (photoIds, change) => {
      const response = new Deferred<readonly BatchResult[]>();
      calls.push({ ids: photoIds, change, response });
      return response.promise;
    },
  });
  /** Resolves a request: it fails for the `refused` ids, and changes the other photos. */
  const response = async (index: number, refused: readonly string[] = [], become: Partial<Photo> = {}) => {
    const call = calls[index];
    call?.response.resolve(
      call.ids.map((id) =>
        refused.includes(id)
          ? { photo_id: id, ok: false, error: "Not now.", code: "conflict" }
          : { photo_id: id, ok: true, photo: makePhoto(id, 1, { version: 2, ...become }) },
      ),
    );
    await flushPromises();
  };
  return { batch, calls, response };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => makePhoto(`p${index}`));
const plain = (steps: readonly BatchOperation[]) => steps.map(({ change, photos }) => [change, photoIds(photos)]);

describe("perform", () => {
  it("sends as many requests as it needs and reports progress", async () => {
    const { batch, calls, response } = createBatch();
    const doing = batch.perform({ change: { action: "trash" }, photos: many(230) });
    await flushPromises();
    expect([calls.length, batch.progress]).toEqual([1, { done: 0, total: 230 }]);
    await response(0);
    expect(batch.progress?.done).toBe(100);
    await response(1);
    await response(2);
    const outcome = await doing;
    expect(calls.map((call) => call.ids.length)).toEqual([100, 100, 30]);
    expect([outcome?.done.length, outcome?.failures.length, batch.progress]).toEqual([230, 0, null]);
  });

  it("reports each failed photo and undoes only the others", async () => {
    const { batch, response } = createBatch();
    const doing = batch.perform({ change: { action: "trash" }, photos: many(3) });
    await flushPromises();
    await response(0, ["p1"], { state: "trashed" });
    const outcome = await doing;
    expect(outcome?.failures.map(({ photo: { photo_id }, reason }) => [photo_id, reason])).toEqual([["p1", "Not now."]]);
    expect(photoIds(outcome?.done ?? [])).toEqual(["p0", "p2"]);
    expect(plain(outcome?.undo ?? [])).toEqual([[{ action: "restore" }, ["p0", "p2"]]]);
  });

  it("stops at a failed request and reports the rest as failed", async () => {
    const { batch, calls, response } = createBatch();
    const doing = batch.perform({ change: { action: "publish" }, photos: many(201) });
    await flushPromises();
    await response(0);
    calls[1]?.response.reject(new NetworkError());
    const outcome = await doing;
    expect([calls.length, outcome?.done.length, outcome?.failures.length]).toEqual([2, 100, 101]);
    expect(outcome?.failures[0]?.reason).toMatch(/Couldn't reach the library/);
    // The lost response may have said that these photos were changed; the last one was never sent.
    expect(outcome?.failures.filter(({ uncertain }) => uncertain)).toHaveLength(100);
    expect(outcome?.failures.at(-1)?.uncertain).toBe(false);
  });

  it.each<[AppError, boolean]>([
    [new HttpError(500, "internal", "Failed."), true],
    [new HttpError(503, "unavailable", "Later."), false],
    [new HttpError(400, "invalid_request", "No."), false],
    [new SignedOutError(), false],
  ])("knows after %s whether photos may have been changed: %s", async (error, uncertain) => {
    const { batch, calls } = createBatch();
    const doing = batch.perform({ change: { action: "publish" }, photos: many(1) });
    await flushPromises();
    calls[0]?.response.reject(error);
    expect((await doing)?.failures.map((failure) => failure.uncertain)).toEqual([uncertain]);
  });

  it("leaves the rest as it is once it is canceled", async () => {
    const { batch, calls, response } = createBatch();
    const doing = batch.perform({ change: { action: "publish" }, photos: many(230) });
    await flushPromises();
    batch.cancel();
    await response(0, ["p7"]);
    const outcome = await doing;
    expect([calls.length, outcome?.done.length, outcome?.failures.length, outcome?.skipped]).toEqual([1, 99, 1, 130]);
  });

  it("tells photos that do not exist any more from others that failed", async () => {
    const { batch, calls } = createBatch();
    const doing = batch.perform({ change: { action: "hide" }, photos: many(2) });
    await flushPromises();
    calls[0]?.response.resolve([
      { photo_id: "p0", ok: false, error: "Photo not found.", code: "photo_not_found" },
      { photo_id: "p1", ok: false, error: "Not now.", code: "conflict" },
    ]);
    expect((await doing)?.failures.map(({ missing }) => missing)).toEqual([true, false]);
  });

  it("counts a photo without a result as failed", async () => {
    const { batch, calls } = createBatch();
    const doing = batch.perform({ change: { action: "hide" }, photos: many(1) });
    await flushPromises();
    calls[0]?.response.resolve([]);
    expect((await doing)?.failures).toHaveLength(1);
  });

  it("runs one operation at a time", async () => {
    const { batch, calls } = createBatch();
    void batch.perform({ change: { action: "trash" }, photos: many(1) });
    expect(await batch.perform({ change: { action: "hide" }, photos: many(1) })).toBeNull();
    expect(calls).toHaveLength(1);
  });
});

describe("performOnPages", () => {
  const change: BatchChange = { action: "add_to_album", album_id: "a1" };

  /** Pages of photos; after the last one an error, if there is one. */
  async function* pagesOf(pages: readonly (readonly Photo[])[], error: Error | null = null): AsyncGenerator<readonly Photo[]> {
    for (const page of pages) yield await Promise.resolve(page);
    if (error !== null) throw error;
  }

  it("changes page by page, and undoes what was not so before", async () => {
    const { batch, calls, response } = createBatch();
    const [a, b, c] = [makePhoto("a"), makePhoto("b", 1, { albums: ["a1"] }), makePhoto("c")];
    const doing = batch.performOnPages({ change, pages: pagesOf([[a, b], [c]]), total: 3 });
    await flushPromises();
    expect(batch.progress).toEqual({ done: 0, total: 3 });
    await response(0, [], { albums: ["a1"] });
    expect([batch.progress, calls.length]).toEqual([{ done: 2, total: 3 }, 2]);
    await response(1, [], { albums: ["a1"] });
    const outcome = await doing;
    expect([photoIds(outcome?.done ?? []), outcome?.error]).toEqual([["a", "b", "c"], null]);
    expect(plain(outcome?.undo ?? [])).toEqual([[{ action: "remove_from_album", album_id: "a1" }, ["a", "c"]]]);
  });

  it("stops when it is canceled, and can undo what is done", async () => {
    const { batch, calls, response } = createBatch();
    const doing = batch.performOnPages({ change, pages: pagesOf([[makePhoto("a")], [makePhoto("b")]]), total: null });
    await flushPromises();
    batch.cancel();
    await response(0);
    const outcome = await doing;
    expect([photoIds(outcome?.done ?? []), outcome?.undo.length, calls.length]).toEqual([["a"], 1, 1]);
    expect(batch.progress).toBeNull();
  });

  it("says why a page was not loaded or a request failed", async () => {
    const { batch, calls, response } = createBatch();
    const offline = new NetworkError("no response");
    const doing = batch.performOnPages({ change, pages: pagesOf([[makePhoto("a")]], offline), total: 9 });
    await flushPromises();
    await response(0);
    expect(await doing).toMatchObject({ failures: [], error: expect.stringContaining("Couldn't reach") as string });
    const second = batch.performOnPages({ change, pages: pagesOf([[makePhoto("a")], [makePhoto("b")]]), total: 2 });
    await flushPromises();
    calls[1]?.response.reject(offline);
    expect(await second).toMatchObject({ done: [], failures: [{ photo: { photo_id: "a" } }], error: null });
    expect(calls.length).toBe(2);
  });
});

describe("delete_permanently", () => {
  it("cannot be undone, and is done for photos that do not exist any more", async () => {
    const { batch, calls } = createBatch();
    const doing = batch.perform({ change: { action: "delete_permanently" }, photos: many(3) });
    await flushPromises();
    calls[0]?.response.resolve([
      { photo_id: "p0", ok: true },
      { photo_id: "p1", ok: false, error: "Photo not found.", code: "photo_not_found" },
      { photo_id: "p2", ok: false, error: "Not now.", code: "conflict" },
    ]);
    const outcome = await doing;
    expect([photoIds(outcome?.done ?? []), outcome?.failures.length, outcome?.undo]).toEqual([["p0", "p1"], 1, []]);
  });
});

describe("photosThatLeft", () => {
  const outcome = { done: [], failures: [], skipped: 0, error: null, undo: [] };
  const left = (change: BatchChange, done: readonly Photo[], view = allPhotos("mine")) => [
    ...photosThatLeft({ ...outcome, change, done }, view),
  ];

  it("has the changed photos that the view does not include", () => {
    const [tagged, untagged] = [makePhoto("a", 1, { tags: ["sea"] }), makePhoto("b")];
    expect(left({ action: "untag", tags: ["dog"] }, [tagged, untagged])).toEqual([]);
    expect(left({ action: "untag", tags: ["sea"] }, [tagged, untagged], { ...allPhotos("mine"), tags: ["sea"] })).toEqual(["b"]);
    expect(left({ action: "trash" }, [makePhoto("a", 1, { state: "trashed" })])).toEqual(["a"]);
  });

  it("has photos that were deleted, taken out of the album in view, or are missing", () => {
    const photo = makePhoto("a");
    expect(left({ action: "delete_permanently" }, [photo])).toEqual(["a"]);
    expect(left({ action: "remove_from_album", album_id: "a1" }, [photo], albumView("a1"))).toEqual(["a"]);
    expect(left({ action: "remove_from_album", album_id: "a2" }, [photo], albumView("a1"))).toEqual([]);
    const failures = [
      { photo: makePhoto("b"), reason: "Photo not found.", missing: true },
      { photo: makePhoto("c"), reason: "Not now.", missing: false },
    ];
    expect([...photosThatLeft({ ...outcome, change: { action: "hide" }, failures }, allPhotos("mine"))]).toEqual(["b"]);
  });
});

describe("undoOperations", () => {
  it("reverts changed photos and leaves the others alone", () => {
    const [open, hidden, binned] = [makePhoto("a", 1, { status: "public" }), makePhoto("b"), makePhoto("c", 1, { state: "trashed" })];
    expect(plain(undoOperations({ action: "publish" }, [open, hidden]))).toEqual([[{ action: "hide" }, ["b"]]]);
    expect(plain(undoOperations({ action: "hide" }, [open, hidden]))).toEqual([[{ action: "publish" }, ["a"]]]);
    expect(plain(undoOperations({ action: "restore" }, [hidden, binned]))).toEqual([[{ action: "trash" }, ["c"]]]);
    expect(plain(undoOperations({ action: "trash" }, [hidden, binned]))).toEqual([[{ action: "restore" }, ["b"]]]);
    expect(undoOperations({ action: "publish" }, [open])).toEqual([]);
    expect(plain(undoOperations({ action: "keep" }, [open, hidden]))).toEqual([[{ action: "unkeep" }, ["a", "b"]]]);
    expect(plain(undoOperations({ action: "unkeep" }, [open, hidden]))).toEqual([[{ action: "keep" }, ["a", "b"]]]);
  });

  it("removes favorites that there were not before, and the other way around", () => {
    const before = [makePhoto("a", 1, { favorite: true }), makePhoto("b", 1, { favorite: false })];
    expect(plain(undoOperations({ action: "favorite" }, before))).toEqual([[{ action: "unfavorite" }, ["b"]]]);
    expect(plain(undoOperations({ action: "unfavorite" }, before))).toEqual([[{ action: "favorite" }, ["a"]]]);
    const albums = [makePhoto("a", 1, { albums: ["a1"] }), makePhoto("b", 1, { albums: [] })];
    const [add, remove] = (["add_to_album", "remove_from_album"] as const).map((action) => ({ action, album_id: "a1" }));
    expect(plain(undoOperations({ action: "add_to_album", album_id: "a1" }, albums))).toEqual([[remove, ["b"]]]);
    expect(plain(undoOperations({ action: "remove_from_album", album_id: "a1" }, albums))).toEqual([[add, ["a"]]]);
    expect(undoOperations({ action: "approve" }, albums)).toEqual([]);
  });

  it("restores what the owner had said, else what the file says", () => {
    const [lisbon, porto, none] = [
      [38.7, -9.1],
      [41.1, -8.6],
      [0, 0],
    ].map(([latitude = 0, longitude = 0]) => ({ latitude, longitude }));
    const file = { caption: "Harbor", rating: 3, place: "Lisbon, Portugal", coordinates: lisbon ?? null };
    const before = [
      makePhoto("file", 1, { ...file, file }),
      makePhoto("own", 1, { caption: "Boats", rating: 5, place: "Alfama", coordinates: porto ?? null, file }),
      makePhoto("removed", 1, { caption: "", rating: 0, place: null, coordinates: null, file }),
    ];
    expect(plain(undoOperations({ action: "set_caption", caption: "Boats" }, before))).toEqual([
      [{ action: "set_caption", caption: null }, ["file"]],
      [{ action: "set_caption", caption: "" }, ["removed"]],
    ]);
    expect(plain(undoOperations({ action: "rate", rating: null }, before))).toEqual([
      [{ action: "rate", rating: 5 }, ["own"]],
      [{ action: "rate", rating: 0 }, ["removed"]],
    ]);
    expect(plain(undoOperations({ action: "set_place", place: "" }, before))).toEqual([
      [{ action: "set_place", place: null }, ["file"]],
      [{ action: "set_place", place: "Alfama" }, ["own"]],
    ]);
    expect(plain(undoOperations({ action: "set_coordinates", coordinates: { latitude: 41.1, longitude: -8.6 } }, before))).toEqual([
      [{ action: "set_coordinates", coordinates: null }, ["file"]],
      [{ action: "set_coordinates", coordinates: none }, ["removed"]],
    ]);
  });

  it("removes from each photo the tags that it did not have", () => {
    const before = [makePhoto("a", 1, { tags: ["sea"] }), makePhoto("b"), makePhoto("c", 1, { tags: ["lake", "sea"] }), makePhoto("d")];
    expect(plain(undoOperations({ action: "tag", tags: ["Sea", "lake"] }, before))).toEqual([
      [{ action: "untag", tags: ["lake"] }, ["a"]],
      [{ action: "untag", tags: ["Sea", "lake"] }, ["b", "d"]],
    ]);
    expect(plain(undoOperations({ action: "untag", tags: ["sea"] }, before))).toEqual([[{ action: "tag", tags: ["sea"] }, ["a", "c"]]]);
  });

  describe("of times", () => {
    const camera_time = { taken_local: "2026-01-01T12:00:00.000", offset: null };
    const noon = { taken_local: "2026-03-14T12:00:00.000", offset: "-08:00" };
    const evening = { taken_local: "2026-03-14T20:00:00.000", offset: "-08:00" };
    const before = [
      makePhoto("camera", 1, { camera_time }),
      makePhoto("noon", 1, { ...noon, camera_time }),
      makePhoto("evening", 1, { ...evening, camera_time }),
      makePhoto("noon too", 1, { ...noon, camera_time: null }),
      makePhoto("undated", 1, { taken_local: null, camera_time: null }),
    ];
    const reset = [{ action: "reset_time" }, ["camera", "undated"]];

    it("set each photo to its earlier time, and return the others to the camera's", () => {
      const times = [
        [{ action: "set_time", ...noon }, ["noon", "noon too"]],
        [{ action: "set_time", ...evening }, ["evening"]],
      ];
      expect(plain(undoOperations({ action: "set_time", taken_local: "2026-05-01T00:00:00" }, before))).toEqual([reset, ...times]);
      expect(plain(undoOperations({ action: "reset_time" }, before))).toEqual(times);
    });

    it("shift back, however many times there were", () => {
      expect(plain(undoOperations({ action: "shift_time", seconds: 3600 }, before))).toEqual([
        reset,
        [{ action: "shift_time", seconds: -3600 }, ["noon", "evening", "noon too"]],
      ]);
    });

    it("return to the earlier zone", () => {
      expect(plain(undoOperations({ action: "set_offset", offset: null }, before))).toEqual([
        reset,
        [{ action: "set_offset", offset: "-08:00" }, ["noon", "evening", "noon too"]],
      ]);
    });
  });
});
