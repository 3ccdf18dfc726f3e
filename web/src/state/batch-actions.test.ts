import { describe, expect, it } from "vitest";

import { NetworkError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import { BatchActions, type BatchResult, type BatchOperation, undoOperations } from "./batch-actions.ts";
import type { Photo } from "./photo.ts";

/** Batch actions over requests that the test resolves. */
function createBatch() {
  const calls: { ids: readonly string[]; action: string; tags: readonly string[]; response: Deferred<readonly BatchResult[]> }[] = [];
  const deleted: { id: string; response: Deferred<void> }[] = [];
  const batch = new BatchActions({
    runBatch: (photoIds, action, tags) => {
      const response = new Deferred<readonly BatchResult[]>();
      calls.push({ ids: photoIds, action, tags, response });
      return response.promise;
    },
    deletePhoto: (id) => {
      const response = new Deferred<void>();
      deleted.push({ id, response });
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
  return { batch, calls, deleted, response };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => makePhoto(`p${index}`));
const plain = (steps: readonly BatchOperation[]) => steps.map(({ action, photos, tags }) => [action, photoIds(photos), tags]);

describe("perform", () => {
  it("sends as many requests as it needs and reports progress", async () => {
    const { batch, calls, response } = createBatch();
    const doing = batch.perform({ action: "trash", photos: many(230), tags: [] });
    expect([calls.length, batch.progress]).toEqual([1, { action: "trash", done: 0, total: 230 }]);
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
    const doing = batch.perform({ action: "trash", photos: many(3), tags: [] });
    await response(0, ["p1"], { state: "trashed" });
    const outcome = await doing;
    expect(outcome?.failures.map(({ photo: { photo_id }, reason }) => [photo_id, reason])).toEqual([["p1", "Not now."]]);
    expect(photoIds(outcome?.done ?? [])).toEqual(["p0", "p2"]);
    expect(plain(outcome?.undo ?? [])).toEqual([["restore", ["p0", "p2"], []]]);
  });

  it("stops at a failed request and reports the rest as failed", async () => {
    const { batch, calls, response } = createBatch();
    const doing = batch.perform({ action: "publish", photos: many(201), tags: [] });
    await response(0);
    calls[1]?.response.reject(new NetworkError());
    const outcome = await doing;
    expect([calls.length, outcome?.done.length, outcome?.failures.length]).toEqual([2, 100, 101]);
    expect(outcome?.failures[0]?.reason).toMatch(/Couldn't reach the library/);
  });

  it("counts a photo without a result as failed", async () => {
    const { batch, calls } = createBatch();
    const doing = batch.perform({ action: "hide", photos: many(1), tags: [] });
    calls[0]?.response.resolve([]);
    expect((await doing)?.failures).toHaveLength(1);
  });

  it("runs one operation at a time", async () => {
    const { batch, calls } = createBatch();
    void batch.perform({ action: "trash", photos: many(1), tags: [] });
    expect(await batch.perform({ action: "hide", photos: many(1), tags: [] })).toBeNull();
    expect(calls).toHaveLength(1);
  });
});

describe("deletePermanently", () => {
  it("deletes photo by photo and cannot be undone", async () => {
    const { batch, deleted } = createBatch();
    const erasing = batch.deletePermanently(many(3));
    deleted[0]?.response.resolve();
    await flushPromises();
    expect([deleted.map(({ id }) => id), batch.progress?.done]).toEqual([["p0", "p1"], 1]);
    deleted[1]?.response.reject(new NetworkError());
    const outcome = await erasing;
    expect([photoIds(outcome?.done ?? []), outcome?.failures.length, outcome?.undo]).toEqual([["p0"], 2, []]);
  });
});

describe("undoOperations", () => {
  it("reverts changed photos and leaves the others alone", () => {
    const [open, hidden, binned] = [makePhoto("a", 1, { status: "public" }), makePhoto("b"), makePhoto("c", 1, { state: "trashed" })];
    expect(plain(undoOperations("publish", [], [open, hidden]))).toEqual([["hide", ["b"], []]]);
    expect(plain(undoOperations("hide", [], [open, hidden]))).toEqual([["publish", ["a"], []]]);
    expect(plain(undoOperations("restore", [], [hidden, binned]))).toEqual([["trash", ["c"], []]]);
    expect(plain(undoOperations("trash", [], [hidden, binned]))).toEqual([["restore", ["b"], []]]);
    expect(undoOperations("publish", [], [open])).toEqual([]);
  });

  it("removes from each photo the tags that it did not have", () => {
    const before = [makePhoto("a", 1, { tags: ["sea"] }), makePhoto("b"), makePhoto("c", 1, { tags: ["lake", "sea"] }), makePhoto("d")];
    expect(plain(undoOperations("tag", ["Sea", "lake"], before))).toEqual([
      ["untag", ["a"], ["lake"]],
      ["untag", ["b", "d"], ["Sea", "lake"]],
    ]);
    expect(plain(undoOperations("untag", ["sea"], before))).toEqual([["tag", ["a", "c"], ["sea"]]]);
  });
});
